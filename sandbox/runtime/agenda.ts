import { SpanKind } from '@opentelemetry/api';
import type { ClientBase, Pool } from 'pg';
import type { BusinessMessage } from '../network/message';
import { messageFrom } from '../network/message';
import { createOutageLog } from './outage-log';
import { startPollLoop } from './poll-loop';
import type { Telemetry } from './telemetry';
import { contextOf, currentTraceparent } from './telemetry';

const POLL_MS = 500;
const PER_POLL = 8;
const CONCURRENCY = 128;
const RETRY_MS = 10_000;
/** Longer than any task may take: whoever took it could not say how it ended, e.g. because the database was away. */
const ABANDONED_AFTER = '3 minutes';

/** The statement that makes a system's agenda: what it has decided to do later. */
export function agendaDdl(schema: string): string {
  return `
    CREATE TABLE ${schema}.agenda (
      agenda_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      task         text NOT NULL,
      payload      jsonb NOT NULL,
      due_at       timestamptz NOT NULL,
      attempts     integer NOT NULL DEFAULT 0,
      taken_at     timestamptz,
      traceparent  text,
      UNIQUE (task, payload)
    );
    CREATE INDEX agenda_due ON ${schema}.agenda (due_at);
  `;
}

/** Puts a task on a system's agenda, in the trace that decided it. */
export async function putOnAgenda(
  client: ClientBase | Pool, schema: string, task: string, message: BusinessMessage, delayMs: number,
): Promise<void> {
  await client.query(
    `INSERT INTO ${schema}.agenda (task, payload, due_at, traceparent)
     VALUES ($1, $2, now() + $3 * interval '1 millisecond', $4) ON CONFLICT DO NOTHING`,
    [task, JSON.stringify(message), delayMs, currentTraceparent()],
  );
}

export interface AgendaTask {
  /** Does it; attempt is counted from 1. An error puts it back for later. */
  run(message: BusinessMessage, attempt: number): Promise<void>;
  /** While true, the task stays on the agenda. */
  isHeld?(): boolean;
}

/** Works off a system's agenda as its tasks fall due. Tasks taken by an earlier run of the process are due again. */
export async function startAgenda(
  { pool, telemetry, schema, tasks }: { pool: Pool; telemetry: Telemetry; schema: string; tasks: Record<string, AgendaTask> },
): Promise<{ stop(): void }> {
  let inFlight = 0;
  let stopped = false;
  const outages = createOutageLog(`writing the agenda of ${schema}`);
  await pool.query(`UPDATE ${schema}.agenda SET taken_at = NULL WHERE taken_at IS NOT NULL`);

  interface Row { agenda_id: string; task: string; payload: unknown; attempts: number; traceparent: string | null }

  async function take(): Promise<Row[]> {
    const open = Object.entries(tasks).filter(([, task]) => task.isHeld?.() !== true).map(([name]) => name);
    const { rows } = await pool.query<Row>(
      `UPDATE ${schema}.agenda SET taken_at = now(), attempts = attempts + 1
       WHERE agenda_id IN (
         SELECT agenda_id FROM ${schema}.agenda WHERE due_at <= now() AND task = ANY($1)
           AND (taken_at IS NULL OR taken_at < now() - interval '${ABANDONED_AFTER}')
         ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING agenda_id, task, payload, attempts, traceparent`,
      [open, PER_POLL],
    );
    return rows;
  }

  async function workOn(row: Row): Promise<void> {
    const message = messageFrom(row.payload);
    try {
      await telemetry.inSpan(
        { name: row.task, kind: SpanKind.INTERNAL, parent: contextOf(row), attributes: telemetry.messageAttributes(message) },
        async () => tasks[row.task]?.run(message, row.attempts),
      );
      await pool.query(`DELETE FROM ${schema}.agenda WHERE agenda_id = $1`, [row.agenda_id]);
    } catch {
      // The span above carries the reason; here it only has to be tried again.
      if (stopped) return;
      await pool.query(
        `UPDATE ${schema}.agenda SET taken_at = NULL, due_at = now() + $2 * interval '1 millisecond' WHERE agenda_id = $1`,
        [row.agenda_id, RETRY_MS],
      );
    }
  }

  async function poll(): Promise<void> {
    if (inFlight >= CONCURRENCY) return;
    for (const row of await take()) {
      inFlight += 1;
      void workOn(row)
        .then(outages.succeeded, outages.failed)
        .finally(() => (inFlight -= 1));
    }
  }
  const loop = startPollLoop({ what: `reading the agenda of ${schema}`, everyMs: POLL_MS, poll });

  return {
    stop() {
      stopped = true;
      loop.stop();
    },
  };
}
