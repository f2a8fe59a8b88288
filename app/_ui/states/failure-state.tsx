'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { queryFailure } from './query-failure';

/** A question that got no answer: what happened, to what, and what to do. */
export function FailureState({ error, what, onRetry }: { error: unknown; what: string; onRetry: () => void }) {
  const failure = queryFailure(error);
  const path = usePathname();
  switch (failure.kind) {
    case 'signed-out':
      return (
        <Failure title="Your session has ended">
          <p>Sign in again to see {what}.</p>
          <Link className="button" href={`/sign-in?callbackUrl=${encodeURIComponent(path)}`}>
            Sign in
          </Link>
        </Failure>
      );
    case 'forbidden':
      return (
        <Failure title={`You may not see ${what}`}>
          <p>{failure.message}</p>
          <p>An administrator can grant you a role that includes it.</p>
        </Failure>
      );
    case 'not-found':
      return (
        <Failure title={`No such ${what}`}>
          <p>{failure.message}</p>
        </Failure>
      );
    case 'unreachable':
      return (
        <Failure title="Signalbox does not answer">
          <p>The web server could not be reached, so {what} cannot be shown. Check your connection, then try again.</p>
          <Retry onRetry={onRetry} />
        </Failure>
      );
    case 'failed':
      return (
        <Failure title={`Signalbox could not read ${what}`}>
          <p>{failure.message}</p>
          <Retry onRetry={onRetry} />
        </Failure>
      );
  }
}

function Failure({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section role="alert" className="max-w-prose space-y-3 py-6">
      <h2 className="text-lg font-medium">{title}</h2>
      {children}
    </section>
  );
}

function Retry({ onRetry }: { onRetry: () => void }) {
  return (
    <button type="button" className="button" onClick={onRetry}>
      Try again
    </button>
  );
}
