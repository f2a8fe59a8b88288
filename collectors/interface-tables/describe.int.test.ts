import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { postgresConnector } from '.';
import { INTERFACE_TABLE, createInterfaceDatabase, type InterfaceDatabase } from './testing/database';
import { connectedSource } from './testing/manual-tap';

let database: InterfaceDatabase;
const signal = new AbortController().signal;

beforeAll(async () => {
  database = await createInterfaceDatabase();
  await database.run(`${INTERFACE_TABLE('orders')} CREATE TABLE secrets (id int); CREATE SCHEMA signalbox; CREATE TABLE signalbox.gate (flow text PRIMARY KEY);`);
});
afterAll(() => database.drop());

describe('a connection test', () => {
  it('says version, clock, what may be read and what not, and that the role cannot write', async () => {
    const description = await postgresConnector.describe(connectedSource({ ...database.settings, schemas: ['public'] }, database.reader), signal);
    expect(description).toMatchObject({ reachable: true, problem: '', product: 'PostgreSQL', isTestedVersion: true });
    expect(description.version).toMatch(/^18(\.\d+|beta|rc)/);
    expect(description.latencyMs).toBeGreaterThanOrEqual(0);
    expect(Math.abs(description.clockDifferenceMs ?? Infinity)).toBeLessThan(1_000);
    expect(description.permissions.filter((finding) => finding.for === 'observe')).toEqual([
      { for: 'observe', permission: 'read 1 of 2 tables', granted: true, note: expect.stringContaining('Not readable: public.secrets.') },
      { for: 'observe', permission: 'cannot write', granted: true, note: '' },
      { for: 'observe', permission: 'see when transactions of other users began', granted: false, note: expect.stringContaining('pg_read_all_stats') },
    ]);
    expect(description.permissions.filter((finding) => finding.for === 'replay')).toEqual([{ for: 'replay', permission: 'update the status column of interface tables', granted: null, note: 'Observe only: no credentials for levers are stored.' }]);
    expect(description.notes).toEqual(['The connection is not encrypted.']);
  });

  it('warns of a superuser and of rights to write', async () => {
    const { permissions, notes } = await postgresConnector.describe(connectedSource(database.settings, database.admin), signal);
    expect(notes).toContain('The user is a superuser. Use a role that may only read the interface tables.');
    expect(permissions.find(({ permission }) => permission === 'cannot write')).toMatchObject({ granted: false, note: expect.stringContaining('public.orders') });
  });

  it('asks levers with their own user', async () => {
    const { permissions } = await postgresConnector.describe(connectedSource(database.settings, database.reader, database.admin), signal);
    expect(permissions.filter((finding) => finding.for !== 'observe').map((finding) => [finding.for, finding.granted])).toEqual([['pause', true], ['canary', true], ['release', true], ['replay', true], ['reroute', true]]);
    const { permissions: weak } = await postgresConnector.describe(connectedSource(database.settings, database.reader, database.reader), signal);
    expect(weak.filter((finding) => finding.for !== 'observe').every(({ granted, note }) => granted === false && note !== '')).toBe(true);
  });

  it.each([
    ['a wrong password', (settings: InterfaceDatabase['settings']) => ({ settings, password: 'wrong' }), /refuses user tap_reader_\w+/],
    ['a database that does not exist', (settings: InterfaceDatabase['settings']) => ({ settings: { ...settings, database: 'nowhere' }, password: null }), /There is no database nowhere/],
    ['a port where nothing listens', (settings: InterfaceDatabase['settings']) => ({ settings: { ...settings, port: 1 }, password: null }), /Nothing listens at 127\.0\.0\.1:1|Nothing listens at localhost:1/],
    ['a server without TLS', (settings: InterfaceDatabase['settings']) => ({ settings: { ...settings, encryption: 'require' as const }, password: null }), /does not offer TLS/],
    ['a name that does not exist', (settings: InterfaceDatabase['settings']) => ({ settings: { ...settings, host: 'nowhere.invalid' }, password: null }), /cannot be resolved/],
  ])('says in a sentence what is wrong with %s', async (_, wrong, sentence) => {
    const { settings, password } = wrong(database.settings);
    const description = await postgresConnector.describe(connectedSource(settings, { ...database.reader, ...(password === null ? {} : { password }) }), signal);
    expect(description).toMatchObject({ reachable: false, permissions: [], problem: expect.stringMatching(sentence) });
    expect(JSON.stringify(description)).not.toContain(database.reader.password);
  });

  it('sends no password of the environment where none was entered', async () => {
    vi.stubEnv('PGPASSWORD', database.reader.password);
    const description = await postgresConnector.describe(connectedSource(database.settings, { ...database.reader, password: '' }), signal);
    vi.unstubAllEnvs();
    expect(description).toMatchObject({ reachable: false, problem: expect.stringContaining('none is set for this source') });
  });

  it('ends when it is called off', async () => {
    const abort = new AbortController();
    const asking = postgresConnector.describe(connectedSource(database.settings, database.reader), abort.signal);
    abort.abort();
    expect(await asking).toHaveProperty('reachable');
    await expect.poll(() => database.run(`SELECT 1 AS one FROM pg_stat_activity WHERE usename = $1`, [database.reader.user])).toEqual([]);
  });
});
