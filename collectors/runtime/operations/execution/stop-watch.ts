import type { Database } from '@/server/store/postgres';
import { loadOperation, type OperationRow } from '@/server/services/operations/operation-rows';

const LOOK_MS = 250;

/** Finds out within half a second that somebody pulled the stop lever. */
/** @param row as it is when this life begins */
export function watchStop(db: Database, { id: operationId, stopRequestedAt }: Pick<OperationRow, 'id' | 'stopRequestedAt'>): { requested(): boolean; end(): Promise<void> } {
  let isRequested = stopRequestedAt !== null;
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(async () => {
      const row = await loadOperation(db, operationId);
      isRequested ||= row.stopRequestedAt !== null;
    }).catch(() => undefined);
  }, LOOK_MS);
  return {
    requested: () => isRequested,
    end: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
