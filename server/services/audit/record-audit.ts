/** The one way into the audit trail: in the transaction of the change, chained to the event before. */
import { sql } from 'drizzle-orm';
import { auditHash, GENESIS_HASH } from '@/server/domain/audit/audit-hash';
import { exactJson, exactText } from '@/server/domain/audit/exact-json';
import type { Json } from '@/server/domain/canonical-json';
import { uuidv7 } from '@/server/domain/ids';
import { actorLabel, type Actor } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import type { Transaction } from '../contracts/console-state';

export interface AuditEntry {
  /** `area.verb`, e.g. `operation.approve`. */
  action: string;
  /** E.g. `operation:0190…`. */
  subject: string;
  flowId?: string | null;
  outcome?: 'done' | 'refused';
  /** Of the actor for the act, or of the product for a refusal. */
  reason?: string | null;
  ticket?: string | null;
  planHash?: string | null;
  /** No payload, no clear business key, no secret. */
  before?: Json;
  after?: Json;
}

/** Any constant of our own will do: events are written one after the other, because each holds the hash of the one before. */
const CHAIN_LOCK = 7_160_525;

/**
 * Appends one event. Fails, and with it the change, when the trail cannot be written. From here to the end of the transaction
 * nobody else can append: record last.
 */
export async function recordAudit(tx: Transaction, context: { actor: Actor; now(): Date }, entry: AuditEntry): Promise<void> {
  const { actor } = context;
  const at = context.now();
  await tx.execute(sql`select pg_advisory_xact_lock(${CHAIN_LOCK})`);
  const last = await tx.query.auditEvents.findFirst({ columns: { seq: true, hash: true }, orderBy: (row, { desc }) => [desc(row.seq)] });
  const event = {
    seq: (last?.seq ?? 0n) + 1n,
    id: uuidv7(at.getTime()),
    at,
    actor: exactText(actorLabel(actor)),
    actorUser: actor.kind === 'user' ? actor.id : null,
    grants: exactJson(actor.kind === 'system' ? [] : actor.grants.map(({ role, scope }) => ({ role, scope: { facilities: scope.facilities, payers: scope.payers } }))),
    action: exactText(entry.action), subject: exactText(entry.subject), flowId: exact(entry.flowId), outcome: entry.outcome ?? 'done',
    reason: exact(entry.reason), ticket: exact(entry.ticket), planHash: exact(entry.planHash),
    before: exactJson(entry.before), after: exactJson(entry.after),
    previousHash: last?.hash ?? GENESIS_HASH,
  };
  await tx.insert(schema.auditEvents).values({ ...event, hash: auditHash(event) });
}

function exact(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : exactText(text);
}
