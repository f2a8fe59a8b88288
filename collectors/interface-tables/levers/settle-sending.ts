/**
 * What became of rows that a former life of the operation was moving when it ended. Before each commit the life noted the
 * number of its transaction and the items in it; the database knows of every transaction whether it was committed.
 */
import { z } from 'zod';
import { SourceAway, type JournalItem, type LeverRun } from '../../runtime/operations/levers';
import type { OpenState } from '../dialect';
import type { LeverSession } from '../lever-dialect';
import { rowsOf, type LeverTable } from './lever-table';

export const batchRecord = z.object({
  transaction: z.string().regex(/^\d+$/),
  /** Item key to the version that its row had before. */
  versions: z.record(z.string(), z.string()),
});
export type BatchRecord = z.infer<typeof batchRecord>;

/**
 * @param from the state that the rows were moved out of
 * @throws SourceAway while the former transaction still runs; the server ends it within ten seconds
 */
export async function settleSending(table: LeverTable, session: LeverSession, from: OpenState, open: readonly JournalItem[], run: LeverRun): Promise<void> {
  const sending = open.filter(({ state }) => state === 'sending').map(({ itemKey }) => itemKey);
  if (sending.length === 0) return;
  const batch = batchRecord.safeParse(run.recorded).data;
  const inBatch = sending.filter((key) => batch !== undefined && Object.hasOwn(batch.versions, key));
  // Without a note there was no commit: the note comes first.
  await run.journal.notSent(sending.filter((key) => !inBatch.includes(key)));
  if (batch === undefined || inBatch.length === 0) return;
  const outcome = await session.outcomeOf(batch.transaction);
  switch (outcome) {
    case 'committed': return run.journal.sent(inBatch);
    case 'undone': return run.journal.notSent(inBatch);
    case 'running': throw new SourceAway(`A former transaction on ${table.name} is still open; the database ends it within ten seconds.`);
    case 'unknown': return settleByLook(table, session, from, inBatch, batch, run);
  }
}

/** The database has forgotten the transaction, or is another one: a row that looks as before was not moved. */
async function settleByLook(table: LeverTable, session: LeverSession, from: OpenState, itemKeys: readonly string[], { versions }: BatchRecord, run: LeverRun): Promise<void> {
  const rows = await session.inSnapshot(table.question, (snapshot) => rowsOf(snapshot, table, from, itemKeys));
  const isUntouched = (key: string) => versions[key] !== '' && rows.get(key)?.version === versions[key];
  await run.journal.notSent(itemKeys.filter(isUntouched));
  await run.journal.unknown(itemKeys.filter((key) => !isUntouched(key)).map((itemKey) => ({ itemKey, note: 'The database does not know any more whether its transaction was committed, and the row has changed since.' })));
}
