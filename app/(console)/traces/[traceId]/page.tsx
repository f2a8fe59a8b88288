import type { Metadata } from 'next';
import { TraceScreen } from './_components/trace-screen';

export const metadata: Metadata = { title: 'Trace' };

export default async function TracePage({ params }: { params: Promise<{ traceId: string }> }) {
  const { traceId } = await params;
  return <TraceScreen traceId={traceId} />;
}
