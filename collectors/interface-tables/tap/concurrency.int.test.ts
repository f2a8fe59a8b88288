import { afterEach, beforeEach, expect, it } from 'vitest';
import { contractsOf } from '../testing/contracts';
import { INTERFACE_TABLE, createInterfaceDatabase, type InterfaceDatabase } from '../testing/database';
import { startManualTap } from '../testing/manual-tap';

const WRITERS = 6;
const TRANSACTIONS = 120;
/** These stay open over many looks of the tap. */
const SLOW_WRITERS = 2;

let database: InterfaceDatabase;
beforeEach(async () => {
  database = await createInterfaceDatabase();
  await database.run(`${INTERFACE_TABLE('orders')} CREATE INDEX ON orders (updated_at)`);
});
afterEach(() => database.drop());

it.each([
  ['', false], [' that put finished and failed rows back in line', true],
])('with writers%s that commit in any order, every row is counted once, and exactly those in error are known as failed', async (_, putsBack) => {
  const tap = startManualTap(database.settings, database.reader, contractsOf({ id: 'orders', table: 'orders' }));
  const progress = { looks: 0, isWritten: false };
  try {
    await tap.look();
    const looking = (async () => {
      while (!progress.isWritten) {
        await tap.look();
        progress.looks += 1;
      }
    })();
    await Promise.all(Array.from({ length: WRITERS }, (__, writer) => write(writer, putsBack, () => progress.looks))).finally(() => { progress.isWritten = true; });
    await looking;
    const last = await tap.lookAt('orders');
    const [table] = await database.run(`SELECT count(*) AS rows, count(*) FILTER (WHERE status <> 'C') AS open, count(*) FILTER (WHERE status = 'N') AS waiting FROM orders`);
    expect(Number(table?.rows)).toBeGreaterThan(1_000);
    expect(last).toMatchObject({ waiting: BigInt(table?.waiting ?? -1), ok: true });
    expect(last.counters!.entered! - last.counters!.left!).toBe(BigInt(table?.open ?? -1));
    const times = BigInt(await timesPutBack());
    expect(times > 0n).toBe(putsBack);
    expect(last.counters!.entered).toBeGreaterThanOrEqual(BigInt(table?.rows ?? -1));
    expect(last.counters!.entered).toBeLessThanOrEqual(BigInt(table?.rows ?? -1) + times);
    const failed = new Map(tap.failures.map(({ itemKey, state }) => [itemKey, state]));
    const inError = await database.run(`SELECT id FROM orders WHERE status = 'E' ORDER BY id`);
    expect([...failed].filter(([, state]) => state === 'failed').map(([key]) => Number(key)).toSorted((a, b) => a - b)).toEqual(inError.map(({ id }) => Number(id)));
    expect(progress.looks).toBeGreaterThan(20);
  } finally {
    await tap.stop();
  }
});

/** Each time that a row is put back it may come anew. */
async function timesPutBack(): Promise<string> {
  const [row] = await database.run('SELECT coalesce(sum(attempts), 0) AS times FROM orders');
  return row?.times ?? '0';
}

/** Inserts, claims, finishes, fails and puts back rows, in transactions with and without savepoints; some are undone. */
async function write(writer: number, putsBack: boolean, looks: () => number): Promise<void> {
  const client = await database.session();
  const random = randomFrom(writer + 1);
  for (let transaction = 0; transaction < TRANSACTIONS; transaction++) {
    await client.query('BEGIN');
    for (let step = 0; step <= random(4); step++) {
      if (random(3) === 0) await client.query('SAVEPOINT s');
      await client.query(`INSERT INTO orders (status, case_key) SELECT (ARRAY['N', 'C', 'E', 'P'])[1 + (n + ${random(100)}) % 4], '${writer}' FROM generate_series(1, ${1 + random(4)}) n`);
      const mine = `id IN (SELECT id FROM orders WHERE case_key = '${writer}' ORDER BY random() LIMIT ${random(5)})`;
      await client.query(`UPDATE orders SET status = '${['C', 'E', 'P'][random(3)]}', updated_at = now() WHERE status <> 'C' AND ${mine}`);
      if (putsBack && random(6) === 0) await client.query(`UPDATE orders SET status = 'N', updated_at = now(), facility_code = 'back', attempts = attempts + 1 WHERE status IN ('C', 'E') AND ${mine}`);
    }
    if (writer < SLOW_WRITERS && transaction % 30 === 0) {
      const until = looks() + 10;
      await expect.poll(looks, { interval: 5, timeout: 60_000 }).toBeGreaterThanOrEqual(until);
    }
    await client.query(random(8) === 0 ? 'ROLLBACK' : 'COMMIT');
  }
}

/** The same sequence at each run (xorshift). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 >>> 0;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}
