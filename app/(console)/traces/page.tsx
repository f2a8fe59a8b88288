import type { Metadata } from 'next';
import Link from 'next/link';
import { TraceLookup } from './trace-lookup';

export const metadata: Metadata = { title: 'Traces' };

export default function TracesPage() {
  return (
    <div className="max-w-2xl space-y-4 px-4 pt-4">
      <h1 className="text-xl font-semibold">Traces</h1>
      <p className="text-muted">
        A trace shows what happened to one message, hop by hop. Open one by its id, or go to a flow: each lists its recent
        traces.
      </p>
      <TraceLookup />
      <p>
        <Link href="/" className="figure-link">
          All flows
        </Link>
      </p>
    </div>
  );
}
