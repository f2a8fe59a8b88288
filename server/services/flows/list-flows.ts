import type { FlowRow } from '@/server/domain/health/flow-view';
import { authorize, type ServiceContext } from '../service-context';
import { showFlows } from './flow-rows';

export interface Page<T> {
  items: T[];
  /** Pass as `cursor` to go on; null on the last page. */
  nextCursor: string | null;
}

/** Flows by id, a page at a time. The cursor is the last id seen, so a flow added meanwhile neither repeats nor hides one. */
export async function listFlows(context: ServiceContext, input: { limit: number; cursor?: string | undefined }): Promise<Page<FlowRow>> {
  authorize(context, 'flows:read', 'The list of flows');
  const { flows } = await showFlows(context);
  const rest = flows.map(({ row }) => row).filter((row) => input.cursor === undefined || row.id > input.cursor).sort((a, b) => (a.id < b.id ? -1 : 1));
  const items = rest.slice(0, input.limit);
  return { items, nextCursor: rest.length > items.length ? items.at(-1)!.id : null };
}
