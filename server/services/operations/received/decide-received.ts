import { createHash } from 'node:crypto';
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { exactJson } from '@/server/domain/audit/exact-json';
import { slug } from '@/server/domain/contracts/scalars';
import { uuidv7 } from '@/server/domain/ids';
import { RECEIVED_DECISION_WORDS, RECEIVED_DECISIONS, RECEIVED_STANDINGS, resendRefusal, whatToDo, type ReceivedDecision } from '@/server/domain/operations/received-decision';
import { actorInWords, actorLabel } from '@/server/domain/roles/actor';
import type { ReceivedRow } from '@/server/queries/received-messages';
import { schema } from '@/server/store/postgres';
import { audited } from '../../audit/audited';
import type { Transaction } from '../../contracts/console-state';
import { invalidField, Refusal } from '../../refusal';
import { authorize, type ServiceContext } from '../../service-context';
import { writeEvent } from '../operation-rows';
import { chosenMessages } from './chosen-messages';
import { decisionsByKey, type DecisionRow } from './decision-rows';
import { loadRerouted } from './rerouted';

const instant = z.iso.datetime({ offset: true });

export const decideReceivedInput = z.strictObject({
  holdId: z.uuid(),
  decision: z.enum(RECEIVED_DECISIONS),
  reason: z.string().trim().min(3, { error: 'must say why, in words' }).max(500),
  /** Needed to void: where the withdrawal can be looked up, e.g. the alternate's number of it. */
  reference: z.string().trim().min(1).max(200).optional(),
  /** `asOf` of the list that was read: what somebody else has decided since is not overruled unseen. */
  asOf: instant,
  selection: z.discriminatedUnion('by', [
    z.strictObject({ by: z.literal('messages'), copyKeys: z.array(z.string().min(1).max(200)).min(1, { error: 'names no message' }).max(500, { error: 'names more than 500 messages; choose by a filter' }) }),
    z.strictObject({
      by: z.literal('filter'), standing: z.enum(RECEIVED_STANDINGS), payer: slug.optional(), facility: slug.optional(), seenFrom: instant.optional(), seenUntil: instant,
      /** How many matched when it was read. */
      expected: z.int().positive(),
    }),
  ]),
});

export interface ReceivedDecided {
  holdId: string;
  decision: ReceivedDecision;
  /** Of how many messages something was decided now. */
  messages: number;
  /** Of how many the same was decided before, so that nothing has changed. */
  unchanged: number;
  /** What somebody has to do now. */
  whatToDo: string;
}

const INSERTED_AT_ONCE = 1_000;

/**
 * Keeps what somebody decided of messages that the alternate of a reroute received, within the caller's scope: it is left there,
 * voided there, or shall be sent again. Nothing is sent or withdrawn by it. A former decision stays on record, superseded.
 *
 * @throws Refusal not-found; invalid (class R0 is never sent again, voiding without a reference, too many, nothing matches); conflict
 * when somebody has decided since, or another number of messages matches by now
 */
export async function decideReceived(context: ServiceContext, input: z.input<typeof decideReceivedInput>): Promise<ReceivedDecided> {
  const { holdId, decision, reason, reference = '', asOf, selection } = decideReceivedInput.parse(input);
  return audited(context, { action: 'hold.decide-received', subject: `hold:${holdId}` }, async (tx, record) => {
    record({ reason, ticket: reference || null });
    const scopes = authorize(context, 'operations:run', `Hold ${holdId}`);
    const now = context.now();
    const rerouted = await loadRerouted(context.db, holdId);
    const { hold, alternate, flow } = rerouted;
    record({ flowId: hold.flowId });
    const toBeDone = whatToDo(decision, alternate.name, flow);
    if (rerouted.isJournaled) throw new Refusal('invalid', `Rows were given to ${alternate.name} one by one and stand as items of operation ${hold.openedBy}; what is decided of them is not kept here.`);
    const refusal = decision === 'resend' ? resendRefusal(flow) : null;
    if (refusal !== null) throw new Refusal('invalid', refusal);
    if (decision === 'void' && reference === '') throw invalidField('reference', `is needed to void: where the withdrawal can be looked up at ${alternate.name}, e.g. their number of it`);

    // One after the other, so that who comes second sees what the first has decided.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`received ${holdId}`}, 0))`);
    const chosen = await chosenMessages({ db: tx, clickhouse: context.clickhouse, signal: context.signal }, rerouted, { scopes, selection, now });
    const former = await decisionsByKey(tx, holdId, chosen.map(({ copyKey }) => copyKey));
    const since = [...former.values()].filter(({ at }) => at.getTime() > Date.parse(asOf));
    if (since.length > 0) throw new Refusal('conflict', `${actorInWords(since[0]!.by)} has decided of ${since.length} of these messages since you looked. Look at them again.`);
    const changed = chosen.filter(({ copyKey }) => !isSame(former.get(copyKey), { decision, reason, reference }));
    const answer = { holdId, decision, messages: changed.length, unchanged: chosen.length - changed.length, whatToDo: toBeDone };
    if (changed.length === 0) {
      record('nothing-changed');
      return answer;
    }
    const actId = uuidv7(now.getTime());
    const keys = changed.map(({ copyKey }) => copyKey);
    const replaced = keys.flatMap((key) => former.get(key)?.decision ?? []);
    await store(tx, changed, { holdId, decision, reason, reference, by: actorLabel(context.actor), byUser: context.actor.kind === 'user' ? context.actor.id : null, at: now, actId });
    const { holds } = schema;
    // What was not counted yet stays so: greatest() would make it 0.
    await tx.update(holds).set({ undecided: sql`greatest(0, ${holds.undecided} - ${changed.length - replaced.length})` }).where(and(eq(holds.id, holdId), isNotNull(holds.undecided)));
    await writeEvent(tx, {
      operationId: hold.openedBy, holdId, at: now, by: actorLabel(context.actor), kind: 'decided-received',
      sentence: `${actorInWords(actorLabel(context.actor))} decided of ${changed.length} ${changed.length === 1 ? 'message' : 'messages'} that ${alternate.name} received: ${RECEIVED_DECISION_WORDS[decision].toLowerCase()}.${replaced.length === 0 ? '' : ` Of ${replaced.length} something else had been decided before.`}`,
    });
    record({ before: exactJson(tally(replaced)), after: exactJson({ decision, messages: changed.length, act: actId, keysDigest: createHash('sha256').update(keys.toSorted().join('\n')).digest('hex') }) });
    return answer;
  });
}

async function store(tx: Transaction, messages: readonly ReceivedRow[], decided: Pick<DecisionRow, 'holdId' | 'decision' | 'reason' | 'reference' | 'by' | 'byUser' | 'at' | 'actId'>): Promise<void> {
  const { receivedDecisions: table } = schema;
  for (let at = 0; at < messages.length; at += INSERTED_AT_ONCE) {
    const part = messages.slice(at, at + INSERTED_AT_ONCE);
    await tx.update(table).set({ supersededAt: decided.at }).where(and(eq(table.holdId, decided.holdId), isNull(table.supersededAt), sql`${table.copyKey} = any(${sql.param(part.map(({ copyKey }) => copyKey))}::text[])`));
    await tx.insert(table).values(part.map(({ seenMs, amount, ...message }) => ({ ...decided, ...message, id: uuidv7(decided.at.getTime()), seenAt: new Date(seenMs), amount: amount ?? '' })));
  }
}

function isSame(former: DecisionRow | undefined, now: Pick<DecisionRow, 'decision' | 'reason' | 'reference'>): boolean {
  return former !== undefined && former.decision === now.decision && former.reason === now.reason && former.reference === now.reference;
}

/** `{ leave: 3 }` */
function tally(decisions: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const decision of decisions) counts[decision] = (counts[decision] ?? 0) + 1;
  return counts;
}

