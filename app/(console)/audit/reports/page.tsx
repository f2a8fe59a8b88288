import type { Metadata } from 'next';
import { ReportsScreen } from './reports-screen';

export const metadata: Metadata = { title: 'Audit reports' };

export default function AuditReportsPage() {
  return <ReportsScreen />;
}
