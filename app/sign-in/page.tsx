import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentActor } from '@/server/auth/session';
import { identityProvider } from '@/server/auth/identity-provider';
import { returnPath } from './return-path';
import { SignInForm } from './sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { callbackUrl, error } = await searchParams;
  const returnTo = returnPath(callbackUrl);
  if ((await currentActor()) !== null) redirect(returnTo);
  return (
    <main className="flex min-h-dvh items-start justify-center px-4 pt-[15vh]">
      <SignInForm returnTo={returnTo} identityProvider={identityProvider()} refused={error !== undefined} />
    </main>
  );
}
