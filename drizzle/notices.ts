/** Notices: what somebody has to know or decide, to whom it was told, and what became of every delivery. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** One thing that happened or is so, told once. Open until it is so no more. Names ids and flows, counts and money; no payload. */
export const notices = pgTable('notices', {
  id: uuid('id').primaryKey(),
  /** Reason and occasion: the same thing is never told twice, whoever finds it. */
  key: text('key').notNull(),
  /** Of `server/domain/notices/reasons`. */
  reason: text('reason').notNull(),
  flowId: text('flow_id').notNull(),
  flowName: text('flow_name').notNull(),
  operationId: uuid('operation_id'),
  holdId: uuid('hold_id'),
  sentence: text('sentence').notNull(),
  /** Messages, cases, money and the instant by which something has to be decided. */
  facts: jsonb('facts').notNull().default({}),
  owner: text('owner').notNull(),
  /** Null where a machine or somebody at the machine itself is the owner: then it begins with the role. */
  ownerUser: uuid('owner_user'),
  /** Who cannot decide it, because it is about what they asked for. */
  exceptUser: uuid('except_user'),
  /** What it touches, for people with a limited scope; null: everything. */
  facilities: text('facilities').array(),
  payers: text('payers').array(),
  /** Step of the reason's ladder that it has reached. */
  level: integer('level').notNull(),
  /** How many events there have been of it: each delivery says which one it tells of. */
  sequence: integer('sequence').notNull().default(0),
  raisedAt: instant('raised_at').notNull(),
  /** Null on the last step, and once somebody has acknowledged it. */
  escalateAt: instant('escalate_at'),
  acknowledgedBy: text('acknowledged_by'),
  acknowledgedAt: instant('acknowledged_at'),
  endedAt: instant('ended_at'),
}, (t) => [
  uniqueIndex('notices_key').on(t.key), index('notices_open').on(t.raisedAt).where(sql`${t.endedAt} is null`),
  index('notices_operation').on(t.operationId), index('notices_hold').on(t.holdId),
]);

/** Addresses that notices are sent to. The signing secret is sealed as credentials of sources are. */
export const noticeChannels = pgTable('notice_channels', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  url: text('url').notNull(),
  secret: text('secret').notNull(),
  enabled: boolean('enabled').notNull().default(true),
  /** `all`: from the first step on; `escalated`: only what nobody acknowledged in time. */
  sends: text('sends').notNull().default('all'),
  revision: integer('revision').notNull().default(1),
  createdBy: text('created_by').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedBy: text('updated_by').notNull(),
  updatedAt: instant('updated_at').notNull(),
  removedAt: instant('removed_at'),
}, (t) => [uniqueIndex('notice_channels_name').on(t.name).where(sql`${t.removedAt} is null`)]);

/** The outbox: written in the transaction of the change that it tells of, sent by a collector, kept whatever became of it. */
export const noticeDeliveries = pgTable('notice_deliveries', {
  /** Sent along, the same at every attempt: a receiver that has seen it drops it. */
  id: uuid('id').primaryKey(),
  channelId: uuid('channel_id').notNull().references(() => noticeChannels.id),
  /** Null for a test of the channel. */
  noticeId: uuid('notice_id').references(() => notices.id),
  /** `raised`, `escalated`, `acknowledged`, `ended` or `test`. */
  event: text('event').notNull(),
  /** The body as it is sent. */
  payload: jsonb('payload').notNull(),
  /** `waiting`, `delivered` or `given-up`. */
  state: text('state').notNull().default('waiting'),
  attempts: integer('attempts').notNull().default(0),
  nextAt: instant('next_at').notNull(),
  lastError: text('last_error'),
  createdAt: instant('created_at').notNull(),
  deliveredAt: instant('delivered_at'),
}, (t) => [
  index('notice_deliveries_waiting').on(t.channelId, t.createdAt).where(sql`${t.state} = 'waiting'`),
  index('notice_deliveries_channel').on(t.channelId, t.createdAt), index('notice_deliveries_notice').on(t.noticeId),
]);
