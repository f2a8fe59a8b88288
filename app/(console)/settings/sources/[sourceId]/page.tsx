import type { Metadata } from 'next';
import { SourceScreen } from './source-screen';

export const metadata: Metadata = { title: 'Source' };

export default async function SourcePage({ params }: { params: Promise<{ sourceId: string }> }) {
  const { sourceId } = await params;
  return <SourceScreen sourceId={decodeURIComponent(sourceId)} />;
}
