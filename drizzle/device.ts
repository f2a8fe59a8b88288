/** Decisions that a terminal asks for and a person gives in the browser: approve, reject, or confirm as the one who asks. */
import { sql } from 'drizzle-orm';
import { index, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Of one act on one plan, good once and for minutes. Both codes are stored as hashes only. */
export const deviceRequests = pgTable('device_requests', {
  id: uuid('id').primaryKey(),
  /** Kept by the terminal, 256 bits. */
  deviceHash: text('device_hash').notNull(),
  /** Short, typed by the person who decides. */
  userHash: text('user_hash').notNull(),
  /** `confirm`, `approve` or `reject`. */
  act: text('act').notNull(),
  operationId: uuid('operation_id').notNull(),
  planHash: text('plan_hash').notNull(),
  /** Comment or reason, as it will be recorded. */
  words: text('words'),
  /** Of a confirmation, as it will be recorded. */
  ticket: text('ticket'),
  requestedBy: text('requested_by').notNull(),
  /** The machine, as it calls itself. */
  requestedFrom: text('requested_from').notNull(),
  requestedAt: instant('requested_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  /** `waiting`, `granted`, `denied` or `used`. */
  state: text('state').notNull().default('waiting'),
  decidedBy: text('decided_by'),
  decidedByUser: uuid('decided_by_user'),
  decidedAt: instant('decided_at'),
  usedAt: instant('used_at'),
}, (t) => [
  uniqueIndex('device_requests_device').on(t.deviceHash), uniqueIndex('device_requests_user').on(t.userHash).where(sql`${t.state} = 'waiting'`),
  index('device_requests_operation').on(t.operationId, t.requestedAt), index('device_requests_requested').on(t.requestedAt),
]);
