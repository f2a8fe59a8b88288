import { readHopSeries } from '@/server/services/flows/read-hop-series';
import { hopSeriesSchema, seriesRange } from '../schemas/flows';
import { slug } from '../schemas/primitives';
import { route, type Route } from './route';

/** One hop of a flow, under `/api/v1/flows/{flowId}/hops/{hopId}`. */
export const HOP_ROUTES: readonly Route[] = [
  route('flows:read', {
    method: 'GET', path: '/flows/{flowId}/hops/{hopId}/series', operationId: 'readHopSeries', summary: 'Throughput, errors, latency and backlog of a hop over time',
    params: { flowId: slug, hopId: slug }, query: { range: seriesRange }, answer: { name: 'HopSeries', schema: hopSeriesSchema },
    run: (context, input) => readHopSeries(context, input),
  }),
];
