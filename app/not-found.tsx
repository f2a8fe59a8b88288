import Link from 'next/link';

export default function NotFound() {
  return (
    <main className="mx-auto max-w-prose space-y-3 p-8">
      <h1 className="text-xl font-semibold">This page does not exist</h1>
      <p className="text-muted">The address may be mistyped, or what it named has been removed.</p>
      <Link className="button" href="/">
        Go to the overview
      </Link>
    </main>
  );
}
