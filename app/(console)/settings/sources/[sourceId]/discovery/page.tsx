import type { Metadata } from 'next';
import { DiscoveryScreen } from './discovery-screen';

export const metadata: Metadata = { title: 'Discovery' };

export default async function DiscoveryPage({ params }: { params: Promise<{ sourceId: string }> }) {
  const { sourceId } = await params;
  return <DiscoveryScreen sourceId={decodeURIComponent(sourceId)} />;
}
