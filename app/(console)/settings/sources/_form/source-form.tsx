'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { ConnectableKind } from '@/server/domain/sources/connection';
import { sourceInput, type SourceInput } from '@/server/domain/sources/source-input';
import type { SourceView } from '@/server/services/sources/source-view';
import { useTRPC } from '../../../../_api/trpc';
import { Notice } from '../../../../_ui/states/notice';
import { CandidateTest } from './candidate-test';
import { PasswordField, SourceFormProvider, TextField } from './draft-fields';
import { problemsOfInput, problemsOfRefusal, type FieldProblems } from './field-problems';
import { IdentityFields } from './identity-fields';
import { LeverFields } from './lever-fields';
import { PostgresFields } from './postgres-fields';
import { RabbitmqFields } from './rabbitmq-fields';
import { inputOf, type SourceDraft } from './source-draft';
import { TlsFields } from './tls-fields';

interface Props {
  initial: SourceDraft;
  /** Null for a new source. */
  source: SourceView | null;
  /** Told when a new source shall be of another kind. */
  onKind?: (kind: ConnectableKind) => void;
}

/** Adds or edits a source. The connection can be tested before anything is saved. */
export function SourceForm({ initial, source, onKind }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const [draft, setDraft] = useState(initial);
  const [problems, setProblems] = useState<FieldProblems>({});
  const systems = useKnownSystems();
  const done = source === null ? '/settings/sources' : `/settings/sources/${encodeURIComponent(source.id)}`;
  const saving = {
    onSuccess: async (saved: SourceView) => {
      queryClient.setQueryData(trpc.sources.byId.queryKey({ sourceId: saved.id }), saved);
      router.push(`/settings/sources/${encodeURIComponent(saved.id)}`);
      await queryClient.invalidateQueries(trpc.sources.list.queryFilter());
    },
    onError: (error: unknown) => setProblems(problemsOfRefusal(error)),
  };
  const create = useMutation({ ...trpc.sources.create.mutationOptions(), ...saving });
  const update = useMutation({ ...trpc.sources.update.mutationOptions(), ...saving });
  const saveProblem = create.error ?? update.error;

  /** What the form asks for; null when fields have to be corrected first, which are then marked. */
  const checked = (): SourceInput | null => {
    const input = inputOf(draft, systems);
    const parsed = sourceInput.safeParse(input);
    setProblems(parsed.success ? {} : problemsOfInput(parsed.error));
    return parsed.success ? input : null;
  };
  const save = () => {
    const input = checked();
    if (input === null) return;
    if (source === null) create.mutate(input);
    else update.mutate({ revision: source.revision ?? 1, source: input });
  };
  const chooseKind = (kind: ConnectableKind) => {
    setDraft((before) => ({ ...before, kind }));
    setProblems({});
    onKind?.(kind);
  };
  const form = { draft, problems, change: (change: Partial<SourceDraft>) => setDraft((before) => ({ ...before, ...change })) };

  return (
    <SourceFormProvider value={form}>
      <form
        noValidate
        className="max-w-2xl space-y-6 px-4"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <IdentityFields systems={systems} isNew={source === null} onKind={chooseKind} />
        <div className="space-y-4">
          <h2 className="text-lg font-semibold">Where it is</h2>
          {draft.kind === 'rabbitmq' ? <RabbitmqFields /> : <PostgresFields />}
          <TextField of="pollSeconds" path="settings.pollSeconds" label="Poll interval in seconds" hint="2 to 60" className="max-w-48" control={{ inputMode: 'numeric' }} />
        </div>
        <div className="space-y-4">
          <div>
            <h2 className="text-lg font-semibold">User for observing</h2>
            <p className="text-muted">It needs to read only. Without a user the source is kept and not tapped.</p>
          </div>
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField of="observeUser" path="observe.user" label="User" />
            <PasswordField of="observePassword" path="observe.password" label="Password" stored={source?.observeUser != null} />
          </div>
        </div>
        <div>
          <TlsFields />
          <LeverFields stored={source?.leverUser != null} />
        </div>
        <CandidateTest draft={draft} checked={checked} onRefused={setProblems} />
        {saveProblem !== null && <Notice severity="error" text={saveProblem.message} />}
        {Object.keys(problems).length > 0 && <p role="alert" className="text-failing">Nothing was saved: correct the marked fields first.</p>}
        <div className="flex gap-2 border-t border-line pt-4">
          <button type="submit" className="button button-primary" disabled={create.isPending || update.isPending}>
            {source === null ? 'Add the source' : 'Save'}
          </button>
          <Link href={done} className="button">
            Cancel
          </Link>
        </div>
      </form>
    </SourceFormProvider>
  );
}

function useKnownSystems(): SourceView['system'][] {
  const sources = useQuery({ ...useTRPC().sources.list.queryOptions(), staleTime: 60_000 });
  const byId = new Map((sources.data ?? []).map(({ system }) => [system.id, system]));
  return [...byId.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}
