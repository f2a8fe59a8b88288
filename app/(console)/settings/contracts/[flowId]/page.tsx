import type { Metadata } from 'next';
import { ContractScreen } from './contract-screen';

export const metadata: Metadata = { title: 'Contract' };

export default async function ContractPage({ params }: { params: Promise<{ flowId: string }> }) {
  const { flowId } = await params;
  return <ContractScreen flowId={decodeURIComponent(flowId)} />;
}
