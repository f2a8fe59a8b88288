import type { Metadata } from 'next';
import { EditSourceScreen } from './edit-source-screen';

export const metadata: Metadata = { title: 'Edit source' };

export default async function EditSourcePage({ params }: { params: Promise<{ sourceId: string }> }) {
  const { sourceId } = await params;
  return <EditSourceScreen sourceId={decodeURIComponent(sourceId)} />;
}
