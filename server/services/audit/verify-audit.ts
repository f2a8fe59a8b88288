import { asc, gt, sql } from 'drizzle-orm';
import type { AuditVerification } from '@/server/domain/audit/audit-event-view';
import { CHAIN_START, checkNext, type Anchor, type ChainBreak, type ChainPosition, type StoredEvent } from '@/server/domain/audit/chain-check';
import { schema } from '@/server/store/postgres';
import { authorize, type ServiceContext } from '../service-context';
import { compareAnchors, compareStoredAnchors } from './compare-anchors';

/** Events in memory at once. */
const PAGE = 1_000;

/**
 * Walks the whole chain, a page at a time, and then compares it with the anchors in the database, and with others where they
 * are given. Takes some seconds per hundred thousand events; ends early when the caller goes.
 *
 * @param anchors read from outside of the database, in any order
 * @throws Refusal not-found without the permission
 */
export async function verifyAudit(context: Pick<ServiceContext, 'db' | 'actor' | 'now' | 'signal'>, anchors?: AsyncIterable<Anchor>): Promise<AuditVerification> {
  authorize(context, 'audit:read', 'The audit trail');
  // Before the walk: what is anchored while it runs lies behind what it read.
  const compared = await compareStoredAnchors(context.db);
  const { position, at, found } = await walk(context);
  const outside = anchors ? await compareAnchors(context.db, anchors) : { count: 0, found: null };
  const firstBreak = first([found, compared.found, outside.found]);
  // What an anchor contradicts is no part of what holds, however well it is chained.
  const holds = firstBreak === null || firstBreak.seq > position.seq ? position.seq : firstBreak.seq - 1n;
  const through = holds > 0n && holds === position.seq && at ? { seq: holds.toString(), at: at.toISOString(), hash: position.hash } : null;
  return {
    state: firstBreak ? 'broken' : 'intact',
    sentence: firstBreak ? firstBreak.sentence : through ? `Intact: all ${through.seq} events hold, up to #${through.seq} of ${through.at}.` : 'Intact: nothing has been recorded yet.',
    events: (holds > 0n ? holds : 0n).toString(),
    through,
    firstBreak: firstBreak && { ...firstBreak, seq: firstBreak.seq.toString() },
    anchors: (compared.count + outside.count).toString(),
    verifiedAt: context.now().toISOString(),
  };
}

async function walk({ db, signal }: Pick<ServiceContext, 'db' | 'signal'>): Promise<{ position: ChainPosition; at: Date | null; found: ChainBreak | null }> {
  let position = CHAIN_START;
  let at: Date | null = null;
  // An inserted event may have any number: the first page begins below all of them.
  let after: bigint | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const rows = await readPage(db, after);
    for (const event of rows) {
      const found = checkNext(position, event);
      if (found) return { position, at, found };
      position = { seq: event.seq, hash: event.hash };
      ({ at } = event);
    }
    if (rows.length < PAGE) return { position, at, found: null };
    after = position.seq;
  }
}

async function readPage(db: ServiceContext['db'], after: bigint | null): Promise<StoredEvent[]> {
  const { auditEvents } = schema;
  return db.query.auditEvents.findMany({
    extras: { microseconds: sql<number>`(extract(microseconds from ${auditEvents.at})::bigint % 1000)::int`.as('microseconds') },
    ...(after === null ? {} : { where: gt(auditEvents.seq, after) }),
    orderBy: [asc(auditEvents.seq)], limit: PAGE,
  });
}

function first(breaks: readonly (ChainBreak | null)[]): ChainBreak | null {
  return breaks.reduce((one, other) => (one === null || (other !== null && other.seq < one.seq) ? other : one), null);
}
