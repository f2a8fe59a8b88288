'use client';

/** The page itself broke. What it shows can be asked for again without losing filters: they are in the address. */
export default function PageError({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <main className="mx-auto max-w-prose space-y-3 p-8" role="alert">
      <h1 className="text-xl font-semibold">This page stopped working</h1>
      <p className="text-muted">
        Nothing was changed by it. Try again; if it stays, tell your administrator
        {error.digest === undefined ? '.' : ` this number: ${error.digest}.`}
      </p>
      <button type="button" className="button" onClick={retry}>
        Try again
      </button>
    </main>
  );
}
