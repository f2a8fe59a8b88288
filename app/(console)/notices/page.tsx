import type { Metadata } from 'next';
import { NoticesScreen } from './notices-screen';

export const metadata: Metadata = { title: 'Notices' };

export default function NoticesPage() {
  return <NoticesScreen />;
}
