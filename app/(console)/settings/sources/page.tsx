import type { Metadata } from 'next';
import { SourcesScreen } from './sources-screen';

export const metadata: Metadata = { title: 'Sources' };

export default function SourcesPage() {
  return <SourcesScreen />;
}
