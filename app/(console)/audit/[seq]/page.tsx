import type { Metadata } from 'next';
import { EventScreen } from '../_event/event-screen';

export const metadata: Metadata = { title: 'Audit event' };

export default async function AuditEventPage({ params }: { params: Promise<{ seq: string }> }) {
  const { seq } = await params;
  return <EventScreen seq={decodeURIComponent(seq)} />;
}
