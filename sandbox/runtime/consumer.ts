import { SpanKind } from '@opentelemetry/api';
import type { Pool } from 'pg';
import type { InterfaceTable } from '../network/interfaces';
import type { BusinessMessage } from '../network/message';
import { messageFrom } from '../network/message';
import type { Faults } from './active-faults';
import type { DatabaseAddress } from './database';
import { Failure, failureCode } from './failure';
import { qualifiedName, tableAttributes } from './interface-table';
import { createOutageLog } from './outage-log';
import { startPollLoop } from './poll-loop';
import { createRetryBudget } from './retry-budget';
import type { Telemetry } from './telemetry';
import { contextOf } from './telemetry';

const POLL_MS = 400;
const CONCURRENCY = 64;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;
/** Longer than any work may take: whoever took the row could not say how it ended, e.g. because the database was away. */
const ABANDONED_AFTER = '3 minutes';
/** After so many attempts a message that cannot succeed by itself waits in error until its cause is corrected. */
const ATTEMPTS_BEFORE_PARKING = 3;

export interface Delivery {
  message: BusinessMessage;
  /** Which try this is to deliver the message to the next system, counted from 1; tries that never left do not count. */
  attempt: number;
}

/** @throws Failure when the message could not be passed on */
export type Work = (delivery: Delivery) => Promise<void>;

export interface ConsumerOptions {
  pool: Pool;
  telemetry: Telemetry;
  database: DatabaseAddress;
  faults: Faults;
  table: InterfaceTable;
  destination: string;
  /** The name by which the fault `consumer-stopped` finds it. */
  name?: string;
  work: Work;
  onWorked?(): void;
}

export interface Consumer {
  /** Puts rows that wait in error for this reason back in line. Dead letters of a queue wait for somebody to replay them. */
  requeue?(code: string): Promise<void>;
  stop(): void;
}

interface Row {
  interface_id: string;
  payload: unknown;
  attempts: number;
  deliveries: number;
  traceparent: string | null;
}

/**
 * Takes rows from an interface table as ERPs do: claims new and due rows with SKIP LOCKED, works on each in the trace
 * that the row carries, and writes back complete or error. One consumer owns its table and destination, so it also takes
 * the rows that an earlier run of it has left in process.
 */
export async function startConsumer(options: ConsumerOptions): Promise<Consumer> {
  const { pool, table, destination, faults } = options;
  const name = qualifiedName(table);
  const budget = createRetryBudget();
  let inFlight = 0;
  let stopped = false;
  const outages = createOutageLog(`writing ${name}`);

  const { rows: [start] } = await pool.query<{ at: string }>('SELECT clock_timestamp()::text AS at');

  async function claim(): Promise<Row[]> {
    const { rows } = await pool.query<Row>(
      `WITH fresh AS (
         SELECT interface_id FROM ${name} WHERE destination = $1 AND (status = 'N' OR (status = 'P' AND updated_at < greatest($4::timestamptz, now() - interval '${ABANDONED_AFTER}')))
         ORDER BY interface_id LIMIT $2 FOR UPDATE SKIP LOCKED
       ), again AS (
         SELECT interface_id FROM ${name} WHERE destination = $1 AND status = 'E' AND next_attempt_at <= now()
         ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED
       )
       UPDATE ${name} SET status = 'P', attempts = attempts + 1, updated_at = now()
       WHERE interface_id IN (SELECT interface_id FROM fresh UNION ALL SELECT interface_id FROM again)
       RETURNING interface_id, payload, attempts, deliveries, traceparent`,
      [destination, Math.min(CONCURRENCY - inFlight, 16), budget.take(), start?.at],
    );
    return rows;
  }

  async function workOn(row: Row): Promise<void> {
    const message = messageFrom(row.payload);
    try {
      await options.telemetry.inSpan(
        {
          name: `process ${name}`,
          kind: SpanKind.CONSUMER,
          parent: contextOf(row),
          attributes: {
            ...tableAttributes(table, options.database, 'UPDATE'),
            ...options.telemetry.messageAttributes(message),
            ...options.telemetry.attemptAttributes(row.attempts),
          },
        },
        async () => {
          await faults.slowdown();
          await options.work({ message, attempt: row.deliveries + 1 });
          await pool.query(
            `UPDATE ${name} SET status = 'C', error_code = NULL, error_text = NULL, updated_at = now() WHERE interface_id = $1`,
            [row.interface_id],
          );
        },
      );
      if (row.attempts > 1) budget.succeeded();
      options.onWorked?.();
    } catch (error) {
      if (stopped) return;
      budget.failed();
      await putInError(row, error);
    }
  }

  async function putInError(row: Row, error: unknown): Promise<void> {
    const parks = error instanceof Failure && error.isLasting && row.attempts >= ATTEMPTS_BEFORE_PARKING;
    const deliveries = error instanceof Failure && error.isBeforeDelivery ? 0 : 1;
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (row.attempts - 1));
    const text = error instanceof Error ? error.message : 'unknown error';
    await pool.query(
      `UPDATE ${name} SET status = 'E', error_code = $2, error_text = $3, updated_at = now(), deliveries = deliveries + $6,
         next_attempt_at = CASE WHEN $4 THEN 'infinity' ELSE now() + $5 * interval '1 millisecond' END
       WHERE interface_id = $1`,
      [row.interface_id, failureCode(error), text.slice(0, 500), parks, delayMs, deliveries],
    );
  }

  async function poll(): Promise<void> {
    const isHeld = options.name !== undefined && faults.isOn('consumer-stopped', options.name);
    if (isHeld || inFlight >= CONCURRENCY) return;
    for (const row of await claim()) {
      inFlight += 1;
      void workOn(row)
        .then(outages.succeeded, outages.failed)
        .finally(() => (inFlight -= 1));
    }
  }
  const loop = startPollLoop({ what: `reading ${name}`, everyMs: POLL_MS, poll });

  return {
    async requeue(code) {
      await pool.query(
        // Not now: a row that is due is out of sight while the table is held, and may not get there by this consumer's own hand.
        `UPDATE ${name} SET next_attempt_at = now() + interval '1 second' WHERE status = 'E' AND error_code = $1 AND destination = $2`,
        [code, destination],
      );
    },
    stop() {
      stopped = true;
      loop.stop();
    },
  };
}
