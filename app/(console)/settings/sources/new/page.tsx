import type { Metadata } from 'next';
import { NewSourceScreen } from './new-source-screen';

export const metadata: Metadata = { title: 'Add a source' };

export default function NewSourcePage() {
  return <NewSourceScreen />;
}
