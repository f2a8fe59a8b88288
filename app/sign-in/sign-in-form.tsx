'use client';

import { useState } from 'react';
import { signIn } from '@/server/auth/client';
import { formText } from '../_ui/form-text';
import { Mark } from '../(console)/_shell/mark';

const REFUSED = 'Signing in did not work. Check e-mail and password; after several failures wait a minute before you try again.';
const UNREACHABLE = 'Signalbox does not answer. Check your connection, then try again.';

interface Props {
  returnTo: string;
  /** Name and next-auth id of the identity provider, where one is configured. */
  identityProvider: { id: string; name: string } | null;
  /** The identity provider sent the person back without signing in. */
  refused: boolean;
}

/** One sentence for every refusal: who guesses must not learn whether the e-mail exists. */
export function SignInForm({ returnTo, identityProvider, refused }: Props) {
  const [problem, setProblem] = useState(refused ? REFUSED : '');
  const [busy, setBusy] = useState(false);

  const submit = async (form: FormData) => {
    setBusy(true);
    setProblem('');
    const result = await signIn('credentials', {
      email: formText(form, 'email'),
      password: formText(form, 'password'),
      redirect: false,
    }).catch(() => null);
    if (result?.ok) return window.location.assign(returnTo);
    setProblem(result === null || result === undefined ? UNREACHABLE : REFUSED);
    setBusy(false);
  };

  return (
    <div className="w-full max-w-80">
      <h1 className="mb-6 flex items-center gap-2 text-xl font-semibold">
        <Mark />
        Signalbox
      </h1>
      <form
        method="post"
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget));
        }}
      >
        <label className="block">
          <span className="mb-1 block font-medium">E-mail</span>
          <input className="field w-full" name="email" type="email" autoComplete="username" required autoFocus />
        </label>
        <label className="block">
          <span className="mb-1 block font-medium">Password</span>
          <input className="field w-full" name="password" type="password" autoComplete="current-password" required />
        </label>
        <button type="submit" className="button button-primary w-full justify-center" disabled={busy}>
          {busy ? 'Signing in' : 'Sign in'}
        </button>
      </form>
      {identityProvider !== null && (
        <button
          type="button"
          className="button mt-3 w-full justify-center"
          onClick={() => void signIn(identityProvider.id, { callbackUrl: returnTo })}
        >
          Sign in with {identityProvider.name}
        </button>
      )}
      {/* Its place is kept, so that nothing moves when a sentence appears. */}
      <p role="alert" className="mt-4 min-h-15 text-failing">
        {problem}
      </p>
    </div>
  );
}
