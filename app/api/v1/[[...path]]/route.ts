import { handleRest } from '@/server/api/rest/handle-rest';

export const dynamic = 'force-dynamic';

export {
  handleRest as GET, handleRest as HEAD, handleRest as POST, handleRest as PUT, handleRest as PATCH, handleRest as DELETE, handleRest as OPTIONS,
};
