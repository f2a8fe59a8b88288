import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createInterfaceDatabase, type InterfaceDatabase } from '../testing/database';
import { createRowCounter, type AskedSource, type RowCounter } from './count-rows';

const unstopped = new AbortController().signal;

let database: InterfaceDatabase;
let source: AskedSource;
let counter: RowCounter;

beforeAll(async () => {
  database = await createInterfaceDatabase();
  await database.run(`CREATE TABLE stock_issue (usage_line text PRIMARY KEY, quantity int); INSERT INTO stock_issue SELECT 'UL' || n, n FROM generate_series(1, 100) n;
    CREATE TABLE secrets (id int); GRANT SELECT ON stock_issue TO PUBLIC; GRANT INSERT, DELETE ON stock_issue TO ${database.reader.user}`);
});
afterAll(() => database.drop());
beforeEach(() => {
  source = { settings: database.settings, observe: database.reader, revision: '1' };
  counter = createRowCounter((id) => (id === 'erp-db' ? source : { problem: `Source ${id} is not connected.` }));
});
afterEach(() => counter.close());

const count = (sql: string, values: string[] = [], signal = unstopped) => counter.countRows('erp-db', sql, values, signal);

describe('a statement of a probe', () => {
  it('finds whether there is a row, with values as parameters', async () => {
    expect(await count('SELECT FROM stock_issue WHERE usage_line = $1', ['UL7'])).toBe(1);
    expect(await count('SELECT FROM stock_issue WHERE usage_line = $1', ['UL700'])).toBe(0);
    expect(await count('SELECT * FROM stock_issue')).toBe(1);
    expect(await count('SELECT usage_line, quantity FROM stock_issue WHERE quantity = $1 -- by number', ['7'])).toBe(1);
    expect(await count('SELECT FROM stock_issue WHERE usage_line = $1', [`x' OR true --`])).toBe(0);
  });

  it('sees at once what was written meanwhile', async () => {
    expect(await count('SELECT FROM stock_issue WHERE usage_line = $1', ['new'])).toBe(0);
    await database.run(`INSERT INTO stock_issue VALUES ('new', 1)`);
    expect(await count('SELECT FROM stock_issue WHERE usage_line = $1', ['new'])).toBe(1);
  });

  it.each([
    ['writes', 'WITH gone AS (DELETE FROM stock_issue RETURNING *) SELECT * FROM gone', /refused the statement of the probe/],
    ['writes by itself', 'DELETE FROM stock_issue', /refused the statement of the probe/],
    ['is two', 'SELECT 1; DELETE FROM stock_issue', /refused the statement of the probe/],
    ['breaks out of its brackets', 'SELECT 1) AS a; DELETE FROM stock_issue; SELECT * FROM (SELECT 1', /refused the statement of the probe/],
    ['is no SQL', 'FIND IT', /refused the statement of the probe/],
    ['asks what the user may not read', 'SELECT FROM secrets', /may not read/],
    ['asks a table that is gone', 'SELECT FROM no_such_table', /Was it renamed or dropped/],
  ])('that %s is refused, in a sentence, and nothing changes', async (_, sql, sentence) => {
    await expect(count(sql)).rejects.toThrow(sentence);
    expect(await database.run('SELECT count(*)::text AS rows FROM stock_issue WHERE usage_line <> $1', ['new'])).toEqual([{ rows: '100' }]);
  });

  it('whose value does not fit is refused without repeating it', async () => {
    const refusal = await count('SELECT FROM stock_issue WHERE quantity = $1::int', ['CLM-918273']).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ message: expect.stringContaining('does not fit the type of its column') });
    expect(String(refusal)).not.toContain('CLM-918273');
  });

  it('that takes too long is given up by the database', async () => {
    await expect(count('SELECT FROM pg_sleep(30)')).rejects.toThrow(/took longer than it may/);
    expect(await count('SELECT FROM stock_issue')).toBe(1);
  });

  it('does not wait behind a lock', async () => {
    const other = await database.session();
    await other.query('BEGIN; LOCK TABLE stock_issue');
    await expect(count('SELECT FROM stock_issue')).rejects.toThrow(/lock/);
    await other.query('ROLLBACK');
  });

  it('is given up when the operation is stopped, and the next one works', async () => {
    const stop = new AbortController();
    const asking = count('SELECT FROM pg_sleep(2)', [], stop.signal);
    stop.abort();
    await expect(asking).rejects.toThrow('The question was given up, because the operation was stopped.');
    expect(await count('SELECT FROM stock_issue')).toBe(1);
  });

  it('goes on after the database has ended its connection', async () => {
    expect(await count('SELECT FROM stock_issue')).toBe(1);
    await database.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'signalbox-probe' AND datname = current_database()`);
    await expect.poll(() => count('SELECT FROM stock_issue').catch(() => 0)).toBe(1);
  });

  it('goes where its source is now, and not where it was', async () => {
    expect(await count('SELECT FROM stock_issue')).toBe(1);
    source = { ...source, settings: { ...database.settings, database: 'nowhere' }, revision: '2' };
    await expect(count('SELECT FROM stock_issue')).rejects.toThrow('There is no database nowhere');
    await expect(counter.countRows('gone', 'SELECT 1', [], unstopped)).rejects.toThrow('Source gone is not connected.');
  });

  it('shares one connection with the others', async () => {
    await Promise.all(Array.from({ length: 20 }, () => count('SELECT FROM stock_issue')));
    expect(await database.run(`SELECT count(*)::text AS open FROM pg_stat_activity WHERE application_name = 'signalbox-probe' AND datname = current_database()`)).toEqual([{ open: '1' }]);
  });
});
