/** Reads a list of the management API page by page: few, bounded requests, however many objects there are. */
import { isRecord, rows, whole, type Json } from './json-values';
import type { ManagementClient } from './management-client';
import { ManagementError } from './management-error';

/** The largest page that RabbitMQ gives. */
const PAGE_SIZE = 500;
/** Objects that come and go while we turn pages shift the rest; then the list is read again, at most this often. */
const MAX_READINGS = 3;

export interface PagedList {
  items: Json[];
  /** False: the list changed at each reading, so an object that is not in it may exist. */
  isComplete: boolean;
}

export interface PagedRequest {
  /** Below `/api/`, e.g. `queues` or `` apiPath`queues/${vhost}` ``. */
  path: string;
  /** Only these fields are sent; a dot leads into a nested one. */
  columns: readonly string[];
  query?: string;
  /** In words, for errors. */
  what: string;
}

/** @throws ManagementError */
export async function listPages(client: ManagementClient, request: PagedRequest, signal: AbortSignal): Promise<PagedList> {
  for (let reading = 1; ; reading++) {
    const { items, isStable } = await readOnce(client, request, signal);
    if (isStable || reading === MAX_READINGS) return { items, isComplete: isStable };
  }
}

async function readOnce(client: ManagementClient, { path, columns, query = '', what }: PagedRequest, signal: AbortSignal): Promise<{ items: Json[]; isStable: boolean }> {
  const items: Json[] = [];
  let total: number | null = null;
  let isStable = true;
  for (let page = 1; ; page++) {
    let body: unknown;
    try {
      ({ body } = await client.get(`${path}?page=${page}&page_size=${PAGE_SIZE}&columns=${columns.join(',')}${query}`, what, signal));
    } catch (error) {
      // The list became shorter by a page since the first one was read.
      if (page > 1 && error instanceof ManagementError && error.code === 'page_out_of_range') return { items, isStable: false };
      throw error;
    }
    if (!isRecord(body)) return { items: rows(body), isStable: true };
    items.push(...rows(body['items']));
    const now = whole(body['total_count']);
    if (total !== null && now !== total) isStable = false;
    total = now;
    if (page >= (whole(body['page_count']) ?? 0)) return { items, isStable };
  }
}
