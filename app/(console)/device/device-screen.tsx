'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../_api/trpc';
import { Field } from '../../_ui/form/field';
import { ForbiddenState } from '../../_ui/states/forbidden-state';
import { Notice } from '../../_ui/states/notice';
import { usePermission } from '../_session/permission';
import { DeviceRequest } from './device-request';

/** Where the code of a terminal is entered: what it asks for is shown, and decided here by the person who is signed in. */
export function DeviceScreen() {
  const permitted = usePermission('terminals:answer');
  const [code, setCode] = useState('');
  const lookUp = useMutation(useTRPC().device.lookUp.mutationOptions());
  if (permitted === false) return <ForbiddenState asPage what="what terminals ask for" permission="terminals:answer" />;
  return (
    <div className="max-w-3xl space-y-4 px-4 pt-3">
      <div>
        <h1 className="text-xl font-semibold">Decide for a terminal</h1>
        <p className="text-muted">Enter a code only when you asked for it yourself, or know from whom it comes.</p>
      </div>
      {lookUp.data === undefined ? (
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            lookUp.mutate({ userCode: code });
          }}
        >
          <Field label="Code of the terminal" hint="Eight letters; it is good for ten minutes.">
            {(control) => (
              <input {...control} autoFocus className="field w-full max-w-60 font-mono uppercase" required maxLength={20} autoComplete="off" autoCapitalize="characters" spellCheck={false} value={code} onChange={(event) => setCode(event.target.value)} />
            )}
          </Field>
          {lookUp.isError && <Notice severity="error" text={lookUp.error.message} />}
          <button type="submit" className="button button-primary max-sm:min-h-11" disabled={lookUp.isPending}>
            Show what it asks for
          </button>
        </form>
      ) : (
        <DeviceRequest request={lookUp.data} code={code} onOther={() => lookUp.reset()} />
      )}
    </div>
  );
}
