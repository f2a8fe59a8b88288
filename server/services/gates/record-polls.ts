/** What clients of gates were told, as evidence: one row per flow and client, written in bundles. */
import { lt, sql } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';

interface Poll {
  flowId: string;
  client: string;
  etag: string;
  /** 0: the same poll ends as it began; it is not one more. */
  times: 0 | 1;
  at: Date;
}

/** A client that has not asked for so long is not shown any more, not even as gone. */
const FORGET_MS = 30 * 24 * 3_600_000;
const FORGET_EVERY_MS = 3_600_000;
const MOST_PER_STATEMENT = 500;

/** Gathers what is recorded at once, e.g. when a change wakes all clients, into few statements. */
class PollRecorder {
  readonly #db: Database;
  #pending: Poll[] = [];
  #flush: Promise<void> | null = null;
  #forgotAt = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Resolves when it is stored. */
  async record(poll: Poll): Promise<void> {
    this.#pending.push(poll);
    this.#flush ??= new Promise<void>((resolve) => { setImmediate(resolve); }).then(() => {
      const polls = this.#pending;
      this.#pending = [];
      this.#flush = null;
      return this.#store(polls);
    });
    return this.#flush;
  }

  async #store(polls: readonly Poll[]): Promise<void> {
    const rows = oneRowPerClient(polls);
    for (let from = 0; from < rows.length; from += MOST_PER_STATEMENT) {
      await this.#db.insert(schema.gatePolls).values(rows.slice(from, from + MOST_PER_STATEMENT)).onConflictDoUpdate({
        target: [schema.gatePolls.flowId, schema.gatePolls.client],
        set: {
          times: sql`case when ${schema.gatePolls.etag} = excluded.etag then ${schema.gatePolls.times} else 0 end + excluded.times`,
          firstAt: sql`case when ${schema.gatePolls.etag} = excluded.etag then ${schema.gatePolls.firstAt} else excluded.first_at end`,
          etag: sql`excluded.etag`, lastAt: sql`greatest(${schema.gatePolls.lastAt}, excluded.last_at)`,
        },
      });
    }
    const now = polls[0]!.at.getTime();
    if (now - this.#forgotAt < FORGET_EVERY_MS) return;
    this.#forgotAt = now;
    await this.#db.delete(schema.gatePolls).where(lt(schema.gatePolls.lastAt, new Date(now - FORGET_MS)));
  }
}

type Row = Omit<Poll, 'at' | 'times'> & { times: number; firstAt: Date; lastAt: Date };

/** In the order of their key, so that two processes never wait for each other's rows in a circle. */
function oneRowPerClient(polls: readonly Poll[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { flowId, client, etag, times, at } of polls) {
    const key = JSON.stringify([flowId, client]);
    const known = rows.get(key);
    if (known?.etag === etag) rows.set(key, { ...known, times: known.times + times, lastAt: at });
    else rows.set(key, { flowId, client, etag, times, firstAt: at, lastAt: at });
  }
  return [...rows.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

const recorders = new WeakMap<Database, PollRecorder>();

/** Records one answer that a client was given, or that it says to know. Resolves when it is stored. */
export async function recordPoll(db: Database, poll: Poll): Promise<void> {
  const recorder = recorders.get(db) ?? new PollRecorder(db);
  recorders.set(db, recorder);
  await recorder.record(poll);
}
