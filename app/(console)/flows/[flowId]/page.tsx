import type { Metadata } from 'next';
import { FlowScreen } from './_components/flow-screen';

export const metadata: Metadata = { title: 'Flow' };

export default async function FlowPage({ params }: { params: Promise<{ flowId: string }> }) {
  const { flowId } = await params;
  return <FlowScreen flowId={decodeURIComponent(flowId)} />;
}
