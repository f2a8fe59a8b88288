import { handleTrpc } from '@/server/api/handle-trpc';

export const dynamic = 'force-dynamic';
export { handleTrpc as GET, handleTrpc as POST };
