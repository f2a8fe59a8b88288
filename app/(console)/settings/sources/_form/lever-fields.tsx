import { useState } from 'react';
import { PasswordField, TextField, useSourceForm } from './draft-fields';
import { problemOf } from './field-problems';

/** Collapsed, because few sources need it: credentials for acting are separate and optional. */
export function LeverFields({ stored }: { stored: boolean }) {
  const { draft, change, problems } = useSourceForm();
  const [hadLevers] = useState(draft.hasLevers);
  const refused = problemOf(problems, 'levers') !== undefined;
  return (
    <details open={hadLevers || refused || undefined} className="border-y border-line">
      <summary className="min-h-8 py-2 font-medium">Credentials for levers</summary>
      <div className="space-y-4 pb-4">
        <p className="text-muted">
          A new source is observe-only. Pausing, releasing, replaying and rerouting need a second user, which has the permissions for them
          and is used for nothing else.
        </p>
        <label className="flex min-h-8 w-fit items-center gap-2">
          <input type="checkbox" className="size-4 accent-(--accent)" checked={draft.hasLevers} onChange={(event) => change({ hasLevers: event.target.checked })} />
          This source has a user for levers
        </label>
        {draft.hasLevers ? (
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField of="leverUser" path="levers.user" label="User for levers" />
            <PasswordField of="leverPassword" path="levers.password" label="Password for levers" stored={stored} />
          </div>
        ) : (
          stored && <p>Saving removes the stored user: the source becomes observe-only.</p>
        )}
      </div>
    </details>
  );
}
