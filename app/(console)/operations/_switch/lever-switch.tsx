'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../../_api/trpc';
import { Dialog, FIRST_FOCUS } from '../../../_ui/dialog';
import { useRefreshInterval } from '../../../_ui/live/refresh';
import { Notice } from '../../../_ui/states/notice';
import { usePermission } from '../../_session/permission';
import { LeversDisabled } from './levers-disabled';

const WORD = 'disable';

/** The one switch that disables every new lever action, with who did so and why. */
export function LeverSwitch() {
  const trpc = useTRPC();
  const mayRun = usePermission('operations:run');
  const current = useQuery({ ...trpc.operations.switch.queryOptions(), refetchInterval: useRefreshInterval() });
  const [asking, setAsking] = useState(false);
  if (current.data === undefined) return null;
  const { disabled } = current.data;
  return (
    <div className="px-4">
      {disabled !== null ? (
        <LeversDisabled
          disabled={disabled}
          action={mayRun === true && (
            <button type="button" className="figure-link min-h-6 text-accent" onClick={() => setAsking(true)}>
              Enable levers again …
            </button>
          )}
        />
      ) : (
        mayRun === true && (
          <button type="button" className="button text-muted" onClick={() => setAsking(true)}>
            Disable all levers …
          </button>
        )
      )}
      <Dialog open={asking} onClose={() => setAsking(false)} title={disabled === null ? 'Disable all levers' : 'Enable levers again'}>
        <SwitchForm disable={disabled === null} onDone={() => setAsking(false)} />
      </Dialog>
    </div>
  );
}

function SwitchForm({ disable, onDone }: { disable: boolean; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const set = useMutation({
    ...trpc.operations.setSwitch.mutationOptions(),
    onSuccess: async () => {
      onDone();
      await queryClient.invalidateQueries(trpc.operations.pathFilter());
    },
  });
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate({ disabled: disable, reason: reason.trim() });
      }}
    >
      <ul className="list-disc space-y-1 pl-5 marker:text-muted">
        {disable ? (
          <>
            <li>Nobody can begin a pause, canary, release, replay, reroute or restore, on any flow, by any way.</li>
            <li>What is held stays held, and is measured as before. What runs now goes on; stop it on its own page.</li>
            <li>Nothing is released by this, and no message is lost.</li>
          </>
        ) : (
          <>
            <li>Levers can be pulled again on every flow.</li>
            <li>Nothing begins by itself.</li>
          </>
        )}
      </ul>
      <label className="block">
        <span className="mb-1 block font-medium">Reason</span>
        <input {...FIRST_FOCUS} className="field w-full" required minLength={3} maxLength={500} autoComplete="off" value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      {disable && (
        <label className="block max-w-64">
          <span className="mb-1 block font-medium">Type {WORD} to go on</span>
          <input className="field w-full" autoComplete="off" spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </label>
      )}
      {set.isError && <Notice severity="error" text={set.error.message} />}
      <div className="flex gap-2">
        <button type="submit" className="button button-primary" disabled={set.isPending || (disable && typed !== WORD)}>
          {disable ? 'Disable all levers' : 'Enable levers'}
        </button>
        <button type="button" className="button" onClick={onDone}>
          Leave it
        </button>
      </div>
    </form>
  );
}
