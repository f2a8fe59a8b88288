/** How verbs change things: the change and its event in the audit trail are one transaction, and refusals leave an event too. */
import type { Transaction } from '../contracts/console-state';
import { Refusal } from '../refusal';
import type { ServiceContext } from '../service-context';
import { recordAudit, type AuditEntry } from './record-audit';

/**
 * Adds to the event that will be written: reason, before, after, ticket. Called again, later members win. With
 * `nothing-changed` no event is written, for verbs that find what was wanted to be so already.
 */
export type Note = (entry: Partial<AuditEntry> | 'nothing-changed') => void;

/**
 * Runs a change in a transaction that ends with its event in the audit trail: when the event cannot be written, nothing
 * is changed. The event is written last, so that no other change waits for a slow one. A Refusal out of the change rolls it
 * back and is recorded in a transaction of its own, with its sentence as the reason; authorize inside of the change, or the
 * denial leaves no trace.
 *
 * @throws Refusal the one out of the change
 * @throws Error when the trail cannot be written
 */
export async function audited<T>(
  context: Pick<ServiceContext, 'db' | 'actor' | 'now'>,
  entry: { action: string; subject: string; flowId?: string | null },
  change: (tx: Transaction, record: Note) => Promise<T>,
): Promise<T> {
  let told: Partial<AuditEntry> = {};
  let isChange = true;
  const record: Note = (more) => {
    if (more === 'nothing-changed') isChange = false;
    else told = { ...told, ...more };
  };
  try {
    return await context.db.transaction(async (tx) => {
      const result = await change(tx, record);
      if (isChange) await recordAudit(tx, context, { ...entry, ...told });
      return result;
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // What would have become of it did not come to be.
    const { after: _, ...known } = told;
    await context.db.transaction((tx) => recordAudit(tx, context, { ...entry, ...known, outcome: 'refused', reason: error.message }));
    throw error;
  }
}
