/** Control: operations with their items, what is held, who acts on which channel, and the audit trail. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** A control action as a durable record. Its states are those of `server/domain/operations/operation-states`. */
export const operations = pgTable('operations', {
  /** Given by the client, so that a repeated request is the same operation. */
  id: uuid('id').primaryKey(),
  kind: text('kind').notNull(),
  flowId: text('flow_id').notNull(),
  hopId: text('hop_id').notNull(),
  sourceId: text('source_id').notNull(),
  channelId: text('channel_id').notNull(),
  method: text('method'),
  /** The hold that a canary, release or restore acts on; the one that a pause or reroute made. Null where steps have theirs. */
  holdId: uuid('hold_id'),
  state: text('state').notNull(),
  /** One sentence: what happens now, or how it ended. */
  summary: text('summary').notNull(),
  request: jsonb('request').notNull(),
  plan: jsonb('plan'),
  planHash: text('plan_hash'),
  plannedAt: instant('planned_at'),
  reason: text('reason'),
  ticket: text('ticket'),
  requestedBy: text('requested_by').notNull(),
  /** Null for machines and for people at the machine itself. */
  requestedByUser: uuid('requested_by_user'),
  requestedAt: instant('requested_at').notNull(),
  confirmedAt: instant('confirmed_at'),
  /** The person who confirmed it, or who agreed first where a machine did; the second one is another. */
  firstBy: text('first_by'),
  firstByUser: uuid('first_by_user'),
  /** Who made the tokens by which it was asked for or confirmed; they do not decide about it either. */
  standBehind: text('stand_behind').array().notNull().default(sql`'{}'::text[]`),
  approvedBy: text('approved_by'),
  approvedByUser: uuid('approved_by_user'),
  approvedAt: instant('approved_at'),
  /** An approval, or the wait for one, ends here. */
  approvalExpiresAt: instant('approval_expires_at'),
  /** The second person was skipped; `reviewedBy` stays null until somebody signs it. */
  emergency: boolean('emergency').notNull().default(false),
  reviewedBy: text('reviewed_by'),
  reviewedAt: instant('reviewed_at'),
  startAt: instant('start_at'),
  stopRequestedBy: text('stop_requested_by'),
  stopRequestedAt: instant('stop_requested_at'),
  startedAt: instant('started_at'),
  finishedAt: instant('finished_at'),
  /** What the connector has done so far, for its own resumption. */
  record: jsonb('record').notNull().default({}),
  /** Counts for people: sent, skipped, rate, first errors. */
  progress: jsonb('progress').notNull().default({}),
  /** Who answers for what is still open. */
  owner: text('owner').notNull(),
  /** Of the lease under which a collector works on it: grows with each holder, and every write of a holder names it. */
  fence: bigint('fence', { mode: 'bigint' }).notNull().default(sql`0`),
  updatedAt: instant('updated_at').notNull(),
}, (t) => [
  index('operations_open').on(t.state).where(sql`${t.state} not in ('done', 'partly-done', 'failed', 'aborted')`),
  index('operations_flow').on(t.flowId, t.requestedAt),
  index('operations_requested').on(t.requestedAt, t.id),
]);

/**
 * The journal: one row per message or row that an operation acts on, written before the act. No index has a column that
 * changes, and half of each page is kept free (migration 0012), so that a row's two changes of state stay on its page and
 * touch no index: a sixth of what would be written to disk otherwise.
 */
export const operationItems = pgTable('operation_items', {
  operationId: uuid('operation_id').notNull().references(() => operations.id),
  itemKey: text('item_key').notNull(),
  /** Order of acting. */
  position: integer('position').notNull(),
  state: text('state').notNull(),
  /** Why it is in this state, in words; evidence. */
  note: text('note').notNull().default(''),
  /** What to do instead, for items that are not eligible. */
  instead: text('instead').notNull().default(''),
  messageId: text('message_id').notNull().default(''),
  caseToken: text('case_token').notNull().default(''),
  caseLabel: text('case_label').notNull().default(''),
  facilityId: text('facility_id').notNull().default(''),
  payerId: text('payer_id').notNull().default(''),
  amount: text('amount').notNull().default(''),
  currency: text('currency').notNull().default(''),
  reason: text('reason').notNull().default(''),
  failedAt: instant('failed_at'),
  sentAt: instant('sent_at'),
  settledAt: instant('settled_at'),
}, (t) => [
  primaryKey({ columns: [t.operationId, t.itemKey] }),
  uniqueIndex('operation_items_order').on(t.operationId, t.position),
  index('operation_items_key').on(t.itemKey),
]);

/**
 * Of an operation over several channels: one row per channel, in the order of acting. States are those of
 * `server/domain/operations/step-states`. An operation on one channel has none.
 */
export const operationSteps = pgTable('operation_steps', {
  operationId: uuid('operation_id').notNull().references(() => operations.id),
  /** From 1. */
  position: integer('position').notNull(),
  hopId: text('hop_id').notNull(),
  sourceId: text('source_id').notNull(),
  channelId: text('channel_id').notNull(),
  method: text('method').notNull(),
  /** The hold that the step makes or ends. */
  holdId: uuid('hold_id').notNull(),
  state: text('state').notNull(),
  /** What happens to it now, or how it ended. */
  sentence: text('sentence').notNull(),
  /** Why it could not be done; null where nothing went wrong with it. Decides that the steps before are taken back. */
  problem: text('problem'),
  /** What the connector has done so far, for its own resumption. */
  record: jsonb('record').notNull().default({}),
  startedAt: instant('started_at'),
  /** The connector was through with it; from then on it is measured. */
  carriedOutAt: instant('carried_out_at'),
  settledAt: instant('settled_at'),
}, (t) => [
  primaryKey({ columns: [t.operationId, t.position] }),
  uniqueIndex('operation_steps_channel').on(t.operationId, t.channelId),
  index('operation_steps_hold').on(t.holdId),
]);

/** New values for a message that is changed before it is replayed, sealed; gone when the operation has ended. */
export const operationEdits = pgTable('operation_edits', {
  operationId: uuid('operation_id').primaryKey().references(() => operations.id),
  sealed: text('sealed').notNull(),
});

/** One operation at a time acts on a channel. */
export const channelLocks = pgTable('channel_locks', {
  channelId: text('channel_id').primaryKey(),
  operationId: uuid('operation_id').notNull().references(() => operations.id),
  takenAt: instant('taken_at').notNull(),
});

/** What a pause or a reroute put in place, measured again and again until it is over. */
export const holds = pgTable('holds', {
  id: uuid('id').primaryKey(),
  kind: text('kind').notNull(),
  flowId: text('flow_id').notNull(),
  hopId: text('hop_id').notNull(),
  sourceId: text('source_id').notNull(),
  channelId: text('channel_id').notNull(),
  method: text('method').notNull(),
  state: text('state').notNull(),
  /** What the last look found, in words. */
  observation: text('observation').notNull(),
  /** Figures of the last look: waiting, parked, passed since. */
  figures: jsonb('figures').notNull().default({}),
  /** What somebody did to it outside of Signalbox. */
  outsideActs: jsonb('outside_acts').notNull().default([]),
  /** The connector's own: what it needs to verify and undo. */
  record: jsonb('record').notNull().default({}),
  budget: jsonb('budget').notNull().default({}),
  nativeCommands: jsonb('native_commands').notNull().default([]),
  openedBy: uuid('opened_by').notNull().references(() => operations.id),
  closedBy: uuid('closed_by'),
  owner: text('owner').notNull(),
  ownerUser: uuid('owner_user'),
  reviewBy: instant('review_by').notNull(),
  requestedAt: instant('requested_at').notNull(),
  /** First time that it was measured as held. */
  heldAt: instant('held_at'),
  verifiedAt: instant('verified_at'),
  overAt: instant('over_at'),
  /** How often it was put back in place after the platform or somebody dropped it. */
  reasserted: integer('reasserted').notNull().default(0),
  /** Of a reroute that has expired: what the probe of the primary said, when it stays in place. Empty before, and when it was moved. */
  expiry: jsonb('expiry').notNull().default({}),
  canary: jsonb('canary').notNull().default({}),
  /** Of a reroute: messages that its alternate received and nobody has decided of, as last counted; null: not counted. */
  undecided: integer('undecided'),
}, (t) => [
  uniqueIndex('holds_one_per_layer').on(t.channelId, t.kind).where(sql`${t.state} not in ('released', 'restored')`),
  index('holds_flow').on(t.flowId, t.requestedAt),
]);

/**
 * What somebody decided of a message that the alternate of a reroute received. One that was changed stays, superseded. What is
 * known of the message stands beside it, because copies are not kept as long.
 */
export const receivedDecisions = pgTable('received_decisions', {
  id: uuid('id').primaryKey(),
  holdId: uuid('hold_id').notNull(),
  copyKey: text('copy_key').notNull(),
  decision: text('decision').notNull(),
  reason: text('reason').notNull(),
  /** Where it can be looked up elsewhere, e.g. the alternate's number of a withdrawal; empty: none. */
  reference: text('reference').notNull(),
  by: text('by').notNull(),
  byUser: uuid('by_user'),
  at: instant('at').notNull(),
  /** Of all that were decided together; their event in the audit trail names it. */
  actId: uuid('act_id').notNull(),
  supersededAt: instant('superseded_at'),
  seenAt: instant('seen_at').notNull(),
  messageId: text('message_id').notNull(),
  caseLabel: text('case_label').notNull(),
  payerId: text('payer_id').notNull(),
  facilityId: text('facility_id').notNull(),
  /** Decimal text; empty: not known. */
  amount: text('amount').notNull(),
  currency: text('currency').notNull(),
}, (t) => [
  uniqueIndex('received_decisions_current').on(t.holdId, t.copyKey).where(sql`${t.supersededAt} is null`),
  index('received_decisions_seen').on(t.holdId, t.seenAt),
]);

/** What happened to an operation or a hold, in words, in order; what its page shows as a timeline. */
export const operationEvents = pgTable('operation_events', {
  id: uuid('id').primaryKey(),
  operationId: uuid('operation_id').references(() => operations.id),
  holdId: uuid('hold_id'),
  at: instant('at').notNull(),
  by: text('by').notNull(),
  kind: text('kind').notNull(),
  sentence: text('sentence').notNull(),
}, (t) => [index('operation_events_operation').on(t.operationId, t.at), index('operation_events_hold').on(t.holdId, t.at)]);

/** Answers that a cooperative client was given: evidence that it knows of a closed gate. One row per client and flow. */
export const gatePolls = pgTable('gate_polls', {
  flowId: text('flow_id').notNull(),
  client: text('client').notNull(),
  etag: text('etag').notNull(),
  /** How often it has been given this very answer, one after the other. */
  times: integer('times').notNull(),
  firstAt: instant('first_at').notNull(),
  lastAt: instant('last_at').notNull(),
}, (t) => [primaryKey({ columns: [t.flowId, t.client] })]);

/** Who did what, who approved it, what was refused. Append-only; each row holds the hash of the one before. */
export const auditEvents = pgTable('audit_events', {
  seq: bigint('seq', { mode: 'bigint' }).primaryKey(),
  id: uuid('id').notNull(),
  at: instant('at').notNull(),
  actor: text('actor').notNull(),
  actorUser: uuid('actor_user'),
  /** Roles with their scopes at that moment. */
  grants: jsonb('grants').notNull(),
  /** `area.verb`, e.g. `operation.approve`, `source.update`. */
  action: text('action').notNull(),
  /** What it was done to, e.g. `operation:0190…`, `source:rabbit-main`. */
  subject: text('subject').notNull(),
  flowId: text('flow_id'),
  outcome: text('outcome').notNull(),
  /** Of the actor for the act, or of the product for a refusal. */
  reason: text('reason'),
  ticket: text('ticket'),
  planHash: text('plan_hash'),
  before: jsonb('before'),
  after: jsonb('after'),
  previousHash: text('previous_hash').notNull(),
  hash: text('hash').notNull(),
}, (t) => [
  uniqueIndex('audit_events_id').on(t.id), index('audit_events_at').on(t.at), index('audit_events_subject').on(t.subject),
  index('audit_events_actor').on(t.actor, t.at), index('audit_events_flow').on(t.flowId, t.at),
]);

/** Heads of the audit chain that were written outside of this database. */
export const auditAnchors = pgTable('audit_anchors', {
  id: uuid('id').primaryKey(),
  seq: bigint('seq', { mode: 'bigint' }).notNull(),
  hash: text('hash').notNull(),
  sink: text('sink').notNull(),
  at: instant('at').notNull(),
  error: text('error'),
});
