import { handleRest } from '@/server/api/rest/handle-rest';

export const dynamic = 'force-dynamic';

const answer = (request: Request) => handleRest(request);

export { answer as GET, answer as HEAD, answer as POST, answer as PUT, answer as PATCH, answer as DELETE, answer as OPTIONS };
