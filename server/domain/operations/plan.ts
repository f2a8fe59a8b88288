/** The frozen preview of an operation. What is approved is its hash; execution refuses any other. */
import { z } from 'zod';
import { canonicalHash } from '../canonical-json';

const money = z.object({ amount: z.string(), currency: z.string() });
const json = z.json();

const lock = z.object({
  /** Stable, e.g. `delivery-limit`, `no-destination`, `contract-forbids`. */
  code: z.string(),
  /** What locks the lever and what to do about it. */
  sentence: z.string(),
});
export type PlanLock = z.infer<typeof lock>;

const limit = z.object({
  /** E.g. `time to live of billing.charges`, `filing deadline`. */
  what: z.string(),
  /** When it does harm, as far as it can be told; RFC 3339. */
  at: z.string().nullable(),
  sentence: z.string(),
});
export type HoldLimit = z.infer<typeof limit>;

/** Messages with the distinct cases among them, and the amount of each case once. Null is "not known". */
const extent = z.object({ messages: z.string().nullable(), cases: z.number().int().nullable(), money: z.array(money), note: z.string() });
export type Extent = z.infer<typeof extent>;

const command = z.object({ what: z.string(), command: z.string() });

/** What a connector knows of the act; everything else the runtime adds. */
export const connectorPlan = z.object({
  /** What will be done, in order, as sentences. */
  steps: z.array(z.string()),
  /** Every target that will receive something. */
  receivers: z.array(z.string()),
  guarantee: z.object({
    delivery: z.enum(['exactly-once', 'at-least-once', 'not-applicable']),
    order: z.string(), survivesRestart: z.string(), inFlight: z.string(),
  }),
  willNot: z.array(z.string()),
  warnings: z.array(z.string()),
  locks: z.array(lock),
  /** Waiting messages that the act reaches; decimal text, null where unknown. */
  waiting: z.string().nullable(),
  /** Of a reroute over a hold: how many of those that wait go along, where the connector can tell them apart. */
  goesAlong: z.string().optional(),
  /** Taken and not settled: possible duplicates when their connections are closed. */
  unsettled: z.string().nullable(),
  limits: z.array(limit),
  /** Whether a few messages can pass the hold that this makes, and how; or why not. */
  canary: z.object({ possible: z.boolean(), sentence: z.string() }).nullable(),
  /** How to look at it and undo it with the technology's own tools while Signalbox is down. */
  nativeCommands: z.array(command),
  undo: z.string(),
  /** What it takes for itself at the source, in words, e.g. `broker user "billing"`: two steps of one operation cannot share it. */
  alone: z.array(z.string()).optional(),
  estimatedSeconds: z.number().int().nullable(),
  /** What must still be so when it is executed: compared whole. */
  topology: json,
  /** The exact change, for the connector's eyes. */
  action: json,
});
export type ConnectorPlan = z.infer<typeof connectorPlan>;

/** One channel of several: what is done there, and what it reaches. */
const planPart = z.object({
  /** From 1, in the order of acting. */
  position: z.number().int(),
  hopId: z.string(), sourceId: z.string(), channelId: z.string(), method: z.string(),
  act: connectorPlan,
  extent,
  possibleDuplicates: extent.nullable(),
  holdBudget: z.object({ earliest: limit.nullable(), limits: z.array(limit) }).nullable(),
});
export type PlanPart = z.infer<typeof planPart>;

const notEligible = z.object({ reason: z.string(), instead: z.string(), count: z.number().int() });

export const operationPlan = z.object({
  format: z.literal(1),
  /** The request as it was asked. */
  request: json,
  flowName: z.string(), contractVersion: z.string(), sourceId: z.string(), channelId: z.string(), method: z.string().nullable(),
  madeAt: z.string(),
  act: connectorPlan,
  extent,
  possibleDuplicates: extent.nullable(),
  dimensions: z.object({ facilities: z.array(z.string()), payers: z.array(z.string()), unknownFacility: z.number().int(), unknownPayer: z.number().int() }),
  items: z.object({
    /** Items to act on; they stand in the journal under the operation. Zero where the act is a change of topology. */
    count: z.number().int(),
    /** SHA-256 over the item keys in order. */
    sha256: z.string().nullable(),
    notEligible: z.array(notEligible),
  }),
  /** Locks of the contract and of the product, besides the connector's own in `act.locks`. */
  locks: z.array(lock),
  approval: z.object({ needed: z.enum(['none', 'four-eyes', 'forbidden']), because: z.array(z.string()) }),
  /** A word that must be typed before a guarded act; null where none is asked for. */
  typedConfirmation: z.string().nullable(),
  holdBudget: z.object({ earliest: limit.nullable(), limits: z.array(limit) }).nullable(),
  /** Of a reroute: whose messages alone the alternate takes on the day of the plan; null: everybody's. */
  enrolled: z.array(z.object({ payer: z.string().optional(), facility: z.string().optional() })).nullable().optional(),
  /** Of a reroute and its restore: the pause that it lies over, which holds everybody else; null: none. */
  over: z.object({ holdId: z.string(), method: z.string() }).nullable().optional(),
  /** Of a reroute: what people call the alternate. */
  alternateName: z.string().optional(),
  /** Of an operation over several channels, which `act` sums up; absent where there is one. */
  parts: z.array(planPart).optional(),
});
export type OperationPlan = z.infer<typeof operationPlan>;

/** SHA-256 over the canonical JSON of the plan. */
export function planHash(plan: OperationPlan): string {
  return canonicalHash(plan);
}

/** All that keeps the plan from being executed; empty: it may be. */
export function locksOf(plan: OperationPlan): PlanLock[] {
  const forbidden = plan.approval.needed === 'forbidden' ? [{ code: 'approval-forbidden', sentence: plan.approval.because.join(' ') }] : [];
  return [...forbidden, ...plan.locks, ...plan.act.locks];
}
