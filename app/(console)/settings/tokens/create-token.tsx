'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ROLE_PURPOSES, ROLES, type Role } from '@/server/domain/roles/permissions';
import type { TokenView } from '@/server/services/tokens/token-view';
import { useTRPC } from '../../../_api/trpc';
import { Dialog, FIRST_FOCUS } from '../../../_ui/dialog';
import { formText } from '../../../_ui/form-text';
import { Notice } from '../../../_ui/states/notice';
import { NewSecret } from './new-secret';

const DAY_MS = 24 * 60 * 60 * 1000;
const LIFETIMES = [
  { days: 90, word: '90 days' },
  { days: 365, word: 'a year' },
  { days: null, word: 'until it is revoked' },
] as const;

export function CreateToken() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button button-primary" onClick={() => setOpen(true)}>
        <Plus size={14} aria-hidden />
        Make a token
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Make a token">
        <CreateTokenForm onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function CreateTokenForm({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [kind, setKind] = useState<TokenView['kind']>('api');
  const create = useMutation({
    ...trpc.settings.tokens.create.mutationOptions(),
    onSuccess: () => queryClient.invalidateQueries(trpc.settings.tokens.list.queryFilter()),
  });
  if (create.data !== undefined) {
    return <NewSecret secret={create.data.secret} name={create.data.token.name} onDone={onDone} />;
  }

  const submit = (form: FormData) => {
    const days = Number(formText(form, 'days'));
    create.mutate({
      name: formText(form, 'name'),
      kind,
      role: kind === 'ingest' ? 'viewer' : (formText(form, 'role') as Role),
      expiresAt: days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString() : null,
    });
  };

  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit(new FormData(event.currentTarget));
      }}
    >
      <label className="block">
        <span className="mb-1 block font-medium">Name</span>
        <input {...FIRST_FOCUS} className="field w-full" name="name" required maxLength={100} autoComplete="off" />
        <span className="text-muted">Who will use it, for example nightly-report or edge-collector-1</span>
      </label>
      <label className="block">
        <span className="mb-1 block font-medium">What for</span>
        <select className="field w-full" value={kind} onChange={(event) => setKind(event.target.value === 'ingest' ? 'ingest' : 'api')}>
          <option value="api">Call the REST API</option>
          <option value="ingest">Send telemetry to the receivers</option>
        </select>
      </label>
      {kind === 'api' && (
        <label className="block">
          <span className="mb-1 block font-medium">Role</span>
          <select className="field w-full" name="role" defaultValue="viewer">
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {role}: {ROLE_PURPOSES[role]}
              </option>
            ))}
          </select>
          <span className="text-muted">A machine can never approve, whatever its role.</span>
        </label>
      )}
      <label className="block">
        <span className="mb-1 block font-medium">Valid for</span>
        <select className="field w-full" name="days" defaultValue="90">
          {LIFETIMES.map(({ days, word }) => (
            <option key={word} value={days ?? ''}>
              {word}
            </option>
          ))}
        </select>
      </label>
      {create.isError && <Notice severity="error" text={create.error.message} />}
      <div className="flex gap-2">
        <button type="submit" className="button button-primary" disabled={create.isPending}>
          Make the token
        </button>
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}
