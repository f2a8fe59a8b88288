import type { Metadata } from 'next';
import { OperationScreen } from './_components/operation-screen';

export const metadata: Metadata = { title: 'Operation' };

export default async function OperationPage({ params }: { params: Promise<{ operationId: string }> }) {
  const { operationId } = await params;
  return <OperationScreen operationId={decodeURIComponent(operationId)} />;
}
