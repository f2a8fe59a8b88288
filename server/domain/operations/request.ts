/** What somebody asks for: the input of an operation. Absolute, explicit, and complete before a plan is made. */
import { z } from 'zod';
import { nativeText, slug } from '../contracts/scalars';
import { HOLD_METHODS } from './kinds';

const instant = z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-11-27T14:00:00Z' });
const uuid = z.uuid({ error: 'must be a UUID that the caller makes up, so that a repeated request is the same operation' });
const perSecond = z.int().min(1).max(10_000);

/** Of the channels of one operation. More would take so long that the first is forgotten when the last is held. */
export const MOST_STEPS = 8;

const about = { id: uuid, flowId: slug, hopId: slug };

/** Whose messages; at least one condition. `*` values do not exist: everything is asked for with `all`. */
const filter = z.strictObject({
  reason: nativeText.optional(), payer: nativeText.optional(), facility: nativeText.optional(),
  /** The case by its token or, where the contract does not protect it, by its key; made by search, never typed into an address. */
  caseToken: nativeText.optional(),
}).refine((value) => Object.values(value).some((one) => one !== undefined), { error: 'must name at least one of reason, payer, facility, caseToken; to take everything ask for all' });

const window = { failedFrom: instant, failedUntil: instant };
const selection = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('all'), ...window }),
  z.strictObject({ by: z.literal('filter'), ...window, filter }),
  z.strictObject({ by: z.literal('items'), itemKeys: z.array(z.string().min(1).max(500)).min(1).max(10_000) }),
]);
export type ReplaySelection = z.infer<typeof selection>;

const some = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('count'), count: z.int().min(1).max(10_000) }),
  z.strictObject({ by: z.literal('payer'), payer: nativeText, atMost: z.int().min(1).max(10_000) }),
  z.strictObject({ by: z.literal('facility'), facility: nativeText, atMost: z.int().min(1).max(10_000) }),
]);
export type CanarySelection = z.infer<typeof some>;

/** Not all at once: 1 %, 10 %, then the rest, each step only when what became of the one before is good. */
const ramp = z.strictObject({
  /** Outcome stage of the contract at which every message of a step must be seen; absent: its last one. */
  stage: nativeText.optional(),
  /** Where the contract names no outcome: for how long none of a step may fail again. */
  quietSeconds: z.int().min(5).max(3_600).optional(),
  /** How many messages in all may fail again, or stay without a result, and the ramp goes on. */
  tolerate: z.int().min(0).max(1_000).default(0),
});

/** What is written into the one message before it is sent. Stored with digests; the values lie sealed elsewhere until it has ended. */
const edit = z.array(z.strictObject({
  at: nativeText,
  /** The new value in clear, of the same kind as the old one; given by who asks, never stored here. */
  to: z.string().max(2_000).optional(),
  /** Keyed digest of the value, in the stored request. */
  digest: z.string().regex(/^[0-9a-f]{64}$/).optional(),
})).min(1).max(20);

export const operationRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('pause'), ...about, method: z.enum(HOLD_METHODS),
    /** When somebody must decide anew; at most the contract's longest hold. */
    reviewBy: instant,
    /** Not before; absent: at once. */
    startAt: instant.optional(),
    /** Further channels of the same flow, each held after the one before it was measured as held. */
    further: z.array(z.strictObject({ hopId: slug, method: z.enum(HOLD_METHODS) })).min(1).max(MOST_STEPS - 1).optional(),
  }),
  z.strictObject({ kind: z.literal('canary'), ...about, holdId: uuid, which: some }),
  z.strictObject({
    kind: z.literal('release'), ...about, holdId: uuid, perSecond: perSecond.optional(), ramp: ramp.optional(), startAt: instant.optional(),
    /** Other holds that the same operation made, released in this order after it, each at the same rate. */
    further: z.array(uuid).min(1).max(MOST_STEPS - 1).optional(),
  }),
  z.strictObject({
    kind: z.literal('replay'), ...about, selection,
    /** `queue`: to the one work queue that it came from. `exchange`: through the exchange again, to every queue bound there. */
    to: z.enum(['queue', 'exchange']), perSecond: perSecond.optional(),
    /** Two-person attestation where evidence is missing: a reference such as a ticket with the proof. */
    attestation: z.string().trim().min(3).max(200).optional(),
    /** Replays items whose former replay ended as unknown. Audited, and never without a second person. */
    overrideUnknown: z.boolean().default(false),
    /** Where the contract allows it, and for one message only. */
    edit: edit.optional(),
  }),
  z.strictObject({
    kind: z.literal('reroute'), ...about, alternate: slug,
    only: z.strictObject({ payer: nativeText.optional(), facility: nativeText.optional() }).optional(),
    /** Of what waits in the hold that it lies over: at most so many go to the alternate per second; absent: as fast as it goes. */
    perSecond: perSecond.optional(),
    /** When it expires: the primary is probed then, and restored or somebody is paged. */
    reviewBy: instant, startAt: instant.optional(),
  }),
  z.strictObject({ kind: z.literal('restore'), ...about, holdId: uuid }),
]);
export type OperationRequest = z.infer<typeof operationRequest>;
export type RequestOf<K extends OperationRequest['kind']> = Extract<OperationRequest, { kind: K }>;
