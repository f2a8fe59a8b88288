import { z } from 'zod';
import { HOLD_KINDS, HOLD_STATES } from '@/server/domain/operations/hold-states';
import { ITEM_STATES } from '@/server/domain/operations/item-states';
import { HOLD_METHODS, OPERATION_KINDS } from '@/server/domain/operations/kinds';
import { OPERATION_STATES } from '@/server/domain/operations/operation-states';
import { operationPlan } from '@/server/domain/operations/plan';
import { RECEIVED_DECISIONS } from '@/server/domain/operations/received-decision';
import { SHOWN_STEP_STATES, type ShownStep } from '@/server/domain/operations/ramp';
import { STEP_STATES } from '@/server/domain/operations/step-states';
import { OPERATION_ACTS, type HoldView, type LeverFrame, type OperationItemView, type OperationStepView, type OperationSummary } from '@/server/services/operations/operation-view';
import type { ReceivedDecided } from '@/server/services/operations/received/decide-received';
import type { ReceivedPage } from '@/server/services/operations/received/received-view';

const lock = z.object({ code: z.string(), sentence: z.string() });
const limit = z.object({ what: z.string(), at: z.string().nullable(), sentence: z.string() });
const nativeCommand = z.object({ what: z.string(), command: z.string() });
const money = z.object({ amount: z.string(), currency: z.string() });
const kind = z.enum(OPERATION_KINDS);
const method = z.enum(HOLD_METHODS);
const decision = z.enum(RECEIVED_DECISIONS);

const operationSummarySchema = z.object({
  id: z.string(), kind, flowId: z.string(), flowName: z.string(), hopId: z.string(), channelId: z.string(), method: method.nullable(), holdId: z.string().nullable(),
  moreChannels: z.number().describe('Channels besides the first, of an operation over several'),
  state: z.enum(OPERATION_STATES), summary: z.string().describe('What happens now, or how it ended'), requestedBy: z.string(), requestedAt: z.string(), approvedBy: z.string().nullable(),
  emergency: z.boolean(), reviewOpen: z.boolean(), owner: z.string(), startAt: z.string().nullable(), finishedAt: z.string().nullable(),
  undecided: z.number().describe('Of a reroute that is over: messages that its alternate received and nobody has decided of'),
  items: z.partialRecord(z.enum(ITEM_STATES), z.number()).describe('Items by state'),
}) satisfies z.ZodType<OperationSummary>;

const rampStep = z.object({ percent: z.number(), messages: z.number().nullable().describe('Null: all that is left'), state: z.enum(SHOWN_STEP_STATES), sentence: z.string() }) satisfies z.ZodType<ShownStep>;
const progress = z.object({ sentence: z.string().optional(), moved: z.number().optional(), perSecond: z.string().optional(), left: z.number().optional().describe('What still waits, where it is counted'), incomingPerSecond: z.string().optional().describe('What comes in behind it meanwhile'), errors: z.array(z.string()).optional(), steps: z.array(rampStep).optional().describe('Of a ramp, in order') });
const act = z.object({ allowed: z.boolean(), because: z.string() });

const step = z.object({
  position: z.number(), hopId: z.string(), channelId: z.string(), method, holdId: z.string(), state: z.enum(STEP_STATES), sentence: z.string(),
  startedAt: z.string().nullable(), settledAt: z.string().nullable(),
}) satisfies z.ZodType<OperationStepView>;

export const operationSchema = operationSummarySchema.extend({
  request: z.record(z.string(), z.unknown()), steps: z.array(step).describe('One per channel in the order of acting; empty where there is one channel'), plan: operationPlan.nullable().describe('The frozen preview; its hash is what is confirmed and approved'), planHash: z.string().nullable(), plannedAt: z.string().nullable(),
  locks: z.array(lock), reason: z.string().nullable(), ticket: z.string().nullable(), confirmedAt: z.string().nullable(), firstBy: z.string().nullable().describe('The person who confirmed it, or agreed first where a machine did; null: none has yet'), approvedAt: z.string().nullable(),
  approvalExpiresAt: z.string().nullable(), reviewedBy: z.string().nullable(), reviewedAt: z.string().nullable(), stopRequestedBy: z.string().nullable(), stopRequestedAt: z.string().nullable(),
  startedAt: z.string().nullable(), progress, may: z.record(z.enum(OPERATION_ACTS), act).describe('What the caller may do with it now, and why not'), approvers: z.array(z.string()),
  events: z.array(z.object({ id: z.string(), at: z.string(), by: z.string(), kind: z.string(), sentence: z.string() })), asOf: z.string(),
}).describe('An operation with its plan and timeline');

export const operationPageSchema = z.object({ items: z.array(operationSummarySchema), nextCursor: z.string().nullable(), asOf: z.string() });

const itemSchema = z.object({
  itemKey: z.string(), position: z.number(), state: z.enum(ITEM_STATES), note: z.string(), instead: z.string(), messageId: z.string().nullable(), caseLabel: z.string().nullable(),
  facilityId: z.string().nullable(), payerId: z.string().nullable(), amount: money.nullable(), reason: z.string().nullable(),
  failedAt: z.string().nullable(), sentAt: z.string().nullable(), settledAt: z.string().nullable(),
}) satisfies z.ZodType<OperationItemView>;
export const operationItemPageSchema = z.object({ items: z.array(itemSchema), nextCursor: z.string().nullable(), asOf: z.string() });

export const holdSchema = z.object({
  id: z.string(), kind: z.enum(HOLD_KINDS), flowId: z.string(), flowName: z.string(), hopId: z.string(), channelId: z.string(), method, state: z.enum(HOLD_STATES),
  observation: z.string(), figures: z.record(z.string(), z.string()), outsideActs: z.array(z.string()), owner: z.string(), ownedByViewer: z.boolean(),
  requestedAt: z.string(), heldAt: z.string().nullable(), verifiedAt: z.string().nullable(), unverifiedSince: z.string().nullable().describe('Nobody could measure it since then'),
  reviewBy: z.string(), reviewOverdue: z.boolean(), expiry: z.object({ at: z.string(), sentence: z.string() }).nullable().describe('Of a reroute that has expired and stays in place: why'), overAt: z.string().nullable(), openedBy: z.string(), undecided: z.number().nullable().describe('Of a reroute: messages that its alternate received and nobody has decided of; null: not counted'), budget: z.object({ earliest: limit.nullable(), limits: z.array(limit) }),
  canary: z.object({ possible: z.boolean(), sentence: z.string() }), nativeCommands: z.array(nativeCommand),
}) satisfies z.ZodType<HoldView>;
export const holdListSchema = z.object({ items: z.array(holdSchema), asOf: z.string() });

export const receivedPageSchema = z.object({
  holdId: z.string(), flowId: z.string(), alternate: z.object({ id: z.string(), name: z.string() }), openedBy: z.string().describe('The operation that rerouted'),
  isJournaled: z.boolean().describe('It moves rows one by one: they are the items of that operation, and this list is empty'),
  whose: z.array(z.string()).nullable().describe('Whose messages were rerouted; null: everybody’s'), from: z.string(), until: z.string().nullable().describe('Null: it is still rerouted'),
  summary: z.object({ messages: z.string(), cases: z.number(), money: z.array(money).describe('The amount of each case once'), note: z.string() }).nullable().describe('Of everything within your scope; null after the first page'),
  counts: z.object({ undecided: z.number(), leave: z.number(), void: z.number(), resend: z.number() }).nullable().describe('By what was decided, within your scope, of the payer and facility that were asked for; null after the first page'),
  fromHold: z.number().nullable().describe('How many of them, within your scope, had waited in the hold beneath the reroute and were sent on; null after the first page'),
  resendRefused: z.string().nullable().describe('Why nothing of this flow may be sent again; null: it may'), whatToDo: z.record(decision, z.string()).describe('What somebody has to do after each decision: nothing is sent or withdrawn by it'),
  sourceCount: z.string().nullable().describe('How many entered the alternate meanwhile by the source’s own count, whoever sent them; null: not known'),
  gaps: z.array(z.string()).describe('Why messages may be missing here; empty: nothing is known to be missing'),
  items: z.array(z.object({
    copyKey: z.string(), messageId: z.string().nullable(), caseLabel: z.string().nullable().describe('Short masked form of the case key'), payerId: z.string().nullable(), facilityId: z.string().nullable(),
    amount: money.nullable(), seenAt: z.string(),
    decision: z.object({ decision, reason: z.string(), reference: z.string().nullable(), by: z.string(), at: z.string() }).nullable().describe('Null: nobody has decided yet'),
  })),
  nextCursor: z.string().nullable().describe('A page may hold fewer messages than asked for, or none, although there are more'), asOf: z.string(),
}).describe('What the alternate of a reroute received, as far as the tap saw it, newest first') satisfies z.ZodType<ReceivedPage>;

export const receivedDecidedSchema = z.object({
  holdId: z.string(), decision, messages: z.number().describe('Of how many something was decided now'), unchanged: z.number().describe('Of how many the same was decided before'), whatToDo: z.string(),
}) satisfies z.ZodType<ReceivedDecided>;

const disabled = z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable();
export const leverSwitchSchema = z.object({ disabled });

export const leverFrameSchema = z.object({
  flowId: z.string(), hopId: z.string(), channelId: z.string(),
  levers: z.array(z.object({ kind, method: method.nullable(), name: z.string(), does: z.string(), locked: z.string().nullable().describe('What locks it; null: it can be pulled') })),
  holds: z.array(holdSchema), alternates: z.array(z.object({ id: z.string(), name: z.string(), enrolledFrom: z.string().nullable(), enrolledUntil: z.string().nullable(), enrolments: z.array(z.string()).describe('Whose messages it takes today; empty: everybody’s') })),
  editable: z.array(z.string()).describe('Places of a failed message that may be changed before it is replayed'),
  stages: z.array(z.object({ name: z.string(), withinMs: z.number() })).describe('Outcome stages of the contract, at which a ramp can be watched'),
  maxHoldMs: z.number().nullable(), maxRerouteMs: z.number(), leversDisabled: disabled, asOf: z.string(),
}) satisfies z.ZodType<LeverFrame>;
