/** The audit trail on a real database: what it holds, that it is one chain, and that every manipulation is found. */
import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestPostgres, type TestPostgres } from '@/scripts/testing/databases';
import { auditHash } from '@/server/domain/audit/audit-hash';
import type { Anchor } from '@/server/domain/audit/chain-check';
import { uuidv7 } from '@/server/domain/ids';
import type { Person } from '@/server/domain/roles/actor';
import type { Role } from '@/server/domain/roles/permissions';
import { connectPostgres, schema, type PostgresConnection } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { Refusal } from '../refusal';
import { audited } from './audited';
import { exportAudit } from './export-audit';
import { listAudit } from './list-audit';
import { readAccessReport } from './read-access-report';
import { verifyAudit } from './verify-audit';
import { createUser } from '../users/create-user';
import { disableUser } from '../users/disable-user';
import { createToken } from '../tokens/create-token';

let postgres: TestPostgres;
let connection: PostgresConnection;
/** Who owns the database and means harm: goes past the triggers. */
let intruder: Client;

beforeAll(async () => {
  postgres = await createTestPostgres();
  await migratePostgres(postgres.url);
  connection = connectPostgres(postgres.url);
  intruder = new Client({ connectionString: postgres.url });
  await intruder.connect();
});
afterAll(async () => {
  await intruder.end();
  await connection.close();
  await postgres.drop();
});
beforeEach(() => tamper('DELETE FROM audit_events; DELETE FROM audit_anchors; DELETE FROM settings'));

function person(role: Role): Person {
  return { kind: 'user', id: '0190b0de-0000-7000-8000-000000000001', email: `${role}@hospital.example`, name: role, grants: [{ role, scope: { facilities: null, payers: null } }] };
}
const contextOf = (role: Role, now = () => new Date()) => ({ db: connection.db, clickhouse: undefined as never, actor: person(role), now });
const auditor = () => contextOf('auditor');

async function tamper(statements: string): Promise<void> {
  await intruder.query('BEGIN; ALTER TABLE audit_events DISABLE TRIGGER ALL; ALTER TABLE audit_anchors DISABLE TRIGGER ALL');
  await intruder.query(statements);
  await intruder.query('ALTER TABLE audit_events ENABLE ALWAYS TRIGGER audit_events_append_only; ALTER TABLE audit_anchors ENABLE ALWAYS TRIGGER audit_anchors_append_only; COMMIT');
}

async function write(count: number, told: { role?: Role; action?: string; flowId?: string; now?: () => Date } = {}): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    await audited(contextOf(told.role ?? 'admin', told.now), { action: told.action ?? 'settings.update', subject: `settings:${n}`, flowId: told.flowId ?? null }, async (tx, record) => {
      await tx.insert(schema.settings).values({ key: uuidv7(), value: n });
      record({ after: { value: n, note: 'Größe = ½' }, reason: `Change ${n}` });
    });
  }
}

async function anchorHead(): Promise<Anchor> {
  const head = await connection.db.query.auditEvents.findFirst({ orderBy: (row, { desc }) => [desc(row.seq)] });
  const at = new Date('2026-01-05T08:00:00.000Z');
  await connection.db.insert(schema.auditAnchors).values({ id: uuidv7(), seq: head!.seq, hash: head!.hash, sink: 'file:/anchors', at });
  return { seq: head!.seq, hash: head!.hash, at: at.toISOString(), place: 'the file' };
}

/** As an attacker would who knows how hashes are made: everything from that event on chained anew. */
async function rechainFrom(seq: bigint): Promise<void> {
  const events = await connection.db.query.auditEvents.findMany({ orderBy: (row, { asc }) => [asc(row.seq)] });
  const statements: string[] = [];
  let previousHash = events.find((event) => event.seq === seq - 1n)!.hash;
  for (const event of events.filter((candidate) => candidate.seq >= seq)) {
    const hash = auditHash({ ...event, previousHash });
    statements.push(`UPDATE audit_events SET previous_hash = '${previousHash}', hash = '${hash}' WHERE seq = ${event.seq}`);
    previousHash = hash;
  }
  await tamper(statements.join(';'));
}

describe('an audited change', () => {
  test('and its event are written together, with who, in which role, before and after', async () => {
    await write(1);
    const { items } = await listAudit(auditor(), { limit: 10 });
    expect(items).toMatchObject([{
      seq: '1', actor: 'user:admin@hospital.example', actorUser: '0190b0de-0000-7000-8000-000000000001', grants: [{ role: 'admin', scope: { facilities: null, payers: null } }],
      action: 'settings.update', subject: 'settings:1', outcome: 'done', reason: 'Change 1', before: null, after: { value: 1, note: 'Größe = ½' }, previousHash: '0'.repeat(64),
    }]);
    expect(await connection.db.query.settings.findMany()).toHaveLength(1);
  });

  test('that is refused changes nothing, and the refusal is an event', async () => {
    const change = audited(contextOf('admin'), { action: 'settings.update', subject: 'settings:x' }, async (tx, record) => {
      await tx.insert(schema.settings).values({ key: 'x', value: 1 });
      record({ before: { value: 0 }, after: { value: 1 }, ticket: 'INC-1', planHash: 'hash' });
      throw new Refusal('conflict', 'Somebody else was faster.');
    });
    await expect(change).rejects.toThrow('Somebody else was faster.');
    expect(await connection.db.query.settings.findMany()).toEqual([]);
    const { items } = await listAudit(auditor(), { limit: 10 });
    expect(items).toMatchObject([{ outcome: 'refused', reason: 'Somebody else was faster.', ticket: 'INC-1', planHash: 'hash', before: { value: 0 }, after: null }]);
  });

  test('that fails for no reason of ours leaves neither a change nor an event', async () => {
    await expect(audited(contextOf('admin'), { action: 'settings.update', subject: 'settings:x' }, async (tx) => {
      await tx.insert(schema.settings).values({ key: 'x', value: 1 });
      throw new Error('The connection broke.');
    })).rejects.toThrow('The connection broke.');
    expect(await connection.db.query.settings.findMany()).toEqual([]);
    expect((await listAudit(auditor(), { limit: 10 })).items).toEqual([]);
  });

  test('that finds everything as wanted leaves no event', async () => {
    await audited(contextOf('admin'), { action: 'settings.update', subject: 'settings:x' }, (_, record) => {
      record('nothing-changed');
      return Promise.resolve();
    });
    expect((await listAudit(auditor(), { limit: 10 })).items).toEqual([]);
  });

  test('is rolled back when the trail cannot be written, and a refusal then says so', async () => {
    await tamper("ALTER TABLE audit_events ADD CONSTRAINT broken CHECK (action <> 'settings.update') NOT VALID");
    try {
      await expect(write(1)).rejects.toThrow(/insert into "audit_events"/);
      expect(await connection.db.query.settings.findMany()).toEqual([]);
      const refused = audited(contextOf('admin'), { action: 'settings.update', subject: 'settings:x' }, () => Promise.reject(new Refusal('conflict', 'Refused.')));
      await expect(refused).rejects.not.toBeInstanceOf(Refusal);
    } finally {
      await tamper('ALTER TABLE audit_events DROP CONSTRAINT broken');
    }
  });

  test('with text that a database would change stays intact', async () => {
    await audited(contextOf('admin'), { action: 'settings.update', subject: 'settings:\0\uD800' }, (_, record) => {
      record({ reason: 'half a pair \uDC00', after: { 'key\0': '\uD800', rate: 0.1, big: 2 ** 70 } });
      return Promise.resolve();
    });
    expect(await verifyAudit(auditor())).toMatchObject({ state: 'intact', events: '1' });
  });
});

test('many writers at once keep one chain', async () => {
  await Promise.all(Array.from({ length: 8 }, () => write(25)));
  expect(await verifyAudit(auditor())).toMatchObject({ state: 'intact', events: '200', firstBreak: null });
  expect(await connection.db.query.settings.findMany()).toHaveLength(200);
});

describe('verification', () => {
  test('of an empty trail', async () => {
    expect(await verifyAudit(auditor())).toMatchObject({ state: 'intact', sentence: 'Intact: nothing has been recorded yet.', through: null, anchors: '0' });
  });

  test('walks every page, and says up to where the trail is intact', async () => {
    // Chained by the database's own pages: more than one of the walk.
    await connection.db.transaction(async (tx) => {
      let previousHash = '0'.repeat(64);
      const events = Array.from({ length: 2_500 }, (_, n) => {
        const event = { seq: BigInt(n + 1), id: uuidv7(), at: new Date(1_767_600_000_000 + n), actor: 'system:test', actorUser: null, grants: [], action: 'test', subject: 'test', flowId: null, outcome: 'done', reason: null, ticket: null, planHash: null, before: null, after: { n }, previousHash };
        previousHash = auditHash(event);
        return { ...event, hash: previousHash };
      });
      for (let from = 0; from < events.length; from += 500) await tx.insert(schema.auditEvents).values(events.slice(from, from + 500));
    });
    await anchorHead();
    expect(await verifyAudit(auditor())).toMatchObject({
      state: 'intact', events: '2500', anchors: '1', sentence: expect.stringMatching(/^Intact: all 2500 events hold, up to #2500 of 2026-01-05T08:00:02.499Z\.$/), firstBreak: null,
    });
    await tamper("UPDATE audit_events SET after = jsonb_set(after, '{n}', '0') WHERE seq = 2100");
    expect(await verifyAudit(auditor())).toMatchObject({ state: 'broken', events: '2099', firstBreak: { seq: '2100', kind: 'changed' } });
  });

  test.each<[string, string, string]>([
    ['actor', "'user:eve'", '5'], ['at', "at + interval '1 microsecond'", '5'], ['reason', 'NULL', '5'], ['outcome', "'refused'", '5'], ['grants', "'[]'", '5'], ['after', "'{}'", '5'],
    ['before', "'1'", '5'], ['subject', "'settings:6'", '5'], ['actor_user', 'NULL', '5'], ['id', 'gen_random_uuid()', '5'], ['flow_id', "'orders'", '5'], ['ticket', "''", '5'],
    ['plan_hash', "'x'", '5'], ['action', "'x'", '5'], ['previous_hash', "repeat('0', 64)", '5'], ['hash', "repeat('0', 64)", '5'],
  ])('finds a change of %s', async (column, value, seq) => {
    await write(10);
    await tamper(`UPDATE audit_events SET ${column} = ${value} WHERE seq = 5`);
    expect(await verifyAudit(auditor())).toMatchObject({ state: 'broken', events: '4', through: { seq: '4' }, firstBreak: { seq, kind: 'changed' } });
  });

  test.each<[string, string, { seq: string; kind: string }]>([
    ['a removed event', 'DELETE FROM audit_events WHERE seq = 5', { seq: '5', kind: 'removed' }],
    ['a removed event whose gap was closed', 'DELETE FROM audit_events WHERE seq = 5; UPDATE audit_events SET seq = seq - 1 WHERE seq > 5', { seq: '5', kind: 'changed' }],
    ['a removed beginning', 'DELETE FROM audit_events WHERE seq < 3', { seq: '1', kind: 'removed' }],
    ['two events that changed places', 'UPDATE audit_events SET seq = 0 WHERE seq = 5; UPDATE audit_events SET seq = 5 WHERE seq = 6; UPDATE audit_events SET seq = 6 WHERE seq = 0', { seq: '5', kind: 'changed' }],
    ['an inserted event', 'UPDATE audit_events SET seq = -seq WHERE seq > 5; UPDATE audit_events SET seq = -seq + 1 WHERE seq < 0; INSERT INTO audit_events SELECT 6, gen_random_uuid(), at, actor, actor_user, grants, action, subject, flow_id, outcome, reason, ticket, plan_hash, before, after, hash, repeat(\'a\', 64) FROM audit_events WHERE seq = 5', { seq: '6', kind: 'changed' }],
    ['an event before the first', 'INSERT INTO audit_events SELECT -1, gen_random_uuid(), at, actor, actor_user, grants, action, subject, flow_id, outcome, reason, ticket, plan_hash, before, after, previous_hash, hash FROM audit_events WHERE seq = 1', { seq: '-1', kind: 'inserted' }],
  ])('finds %s', async (_, statements, firstBreak) => {
    await write(10);
    await tamper(statements);
    const found = await verifyAudit(auditor());
    expect(found).toMatchObject({ state: 'broken', firstBreak });
    expect(found.sentence).toContain(`#${firstBreak.seq}`);
  });

  test('finds an end that was cut off, by an anchor in the database and by one outside of it', async () => {
    await write(10);
    const outside = await anchorHead();
    await tamper('DELETE FROM audit_events WHERE seq > 7');
    expect(await verifyAudit(auditor())).toMatchObject({
      state: 'broken', events: '7', firstBreak: { seq: '8', kind: 'cut-off' },
      sentence: "The trail ends at #7, but reached #10 at 2026-01-05T08:00:00.000Z, says the database's own list of anchors: what came after #7 was removed.",
    });
    await tamper('DELETE FROM audit_anchors');
    expect(await verifyAudit(auditor())).toMatchObject({ state: 'intact' });
    expect(await verifyAudit(auditor(), read([outside]))).toMatchObject({ state: 'broken', firstBreak: { seq: '8', kind: 'cut-off' }, anchors: '1' });
  });

  test('finds a trail whose owner chained it anew with all its anchors, by the anchors outside', async () => {
    await write(10);
    const outside = await anchorHead();
    await tamper("UPDATE audit_events SET actor = 'user:somebody-else' WHERE seq = 4");
    await rechainFrom(4n);
    await tamper('UPDATE audit_anchors SET hash = (SELECT hash FROM audit_events WHERE seq = audit_anchors.seq)');
    expect(await verifyAudit(auditor())).toMatchObject({ state: 'intact', events: '10' });
    expect(await verifyAudit(auditor(), read([outside]))).toMatchObject({
      state: 'broken', events: '9', through: null, firstBreak: { seq: '10', kind: 'replaced' }, sentence: expect.stringContaining('says the file: the trail was written anew'),
    });
  });

  test('is for auditors and administrators, and ends when nobody waits for it', async () => {
    await expect(verifyAudit(contextOf('engineer'))).rejects.toThrow(/do not include audit:read/);
    await expect(listAudit(contextOf('noc'), { limit: 1 })).rejects.toThrow(/do not include audit:read/);
    await expect(verifyAudit({ ...auditor(), signal: AbortSignal.abort() })).rejects.toThrow(/aborted/);
  });
});

describe('the list', () => {
  beforeEach(async () => {
    await write(3, { now: () => new Date('2026-01-05T08:00:00Z'), flowId: 'orders' });
    await write(2, { now: () => new Date('2026-01-06T08:00:00Z'), action: 'source.update', role: 'engineer' });
    await audited(contextOf('noc', () => new Date('2026-01-07T08:00:00Z')), { action: 'source.remove', subject: 'source:rabbit_main' }, () => Promise.reject(new Refusal('conflict', 'In use.'))).catch(() => undefined);
  });

  test.each<[string, Parameters<typeof listAudit>[1], string[]]>([
    ['everything', { limit: 10 }, ['6', '5', '4', '3', '2', '1']],
    ['a window that begins with its first instant and ends before its last', { limit: 10, from: '2026-01-06T08:00:00Z', until: '2026-01-07T08:00:00Z' }, ['5', '4']],
    ['an actor by a part', { limit: 10, actor: 'ENGINEER@' }, ['5', '4']],
    ['an action', { limit: 10, action: 'source.update' }, ['5', '4']],
    ['an area', { limit: 10, action: 'source' }, ['6', '5', '4']],
    ['a subject by a part', { limit: 10, subject: 'rabbit_m' }, ['6']],
    ['a wildcard that stands for itself', { limit: 10, subject: '%' }, []],
    ['an underscore that stands for itself', { limit: 10, subject: 'rabbitXmain'.replace('X', '__') }, []],
    ['a flow', { limit: 10, flow: 'orders' }, ['3', '2', '1']],
    ['what was refused', { limit: 10, outcome: 'refused' }, ['6']],
    ['several at once', { limit: 10, action: 'source', outcome: 'done', actor: 'engineer' }, ['5', '4']],
  ])('finds %s', async (_, asked, expected) => {
    expect((await listAudit(auditor(), asked)).items.map(({ seq }) => seq)).toEqual(expected);
  });

  test('goes on after the last one seen, whatever is added meanwhile', async () => {
    const first = await listAudit(auditor(), { limit: 4 });
    await write(2);
    const second = await listAudit(auditor(), { limit: 4, cursor: first.nextCursor! });
    expect([first, second].map(({ items }) => items.map(({ seq }) => seq))).toEqual([['6', '5', '4', '3'], ['2', '1']]);
    expect(second.nextCursor).toBeNull();
  });

  test('refuses a window that ends before it begins', async () => {
    await expect(listAudit(auditor(), { limit: 1, from: '2026-01-07T00:00:00Z', until: '2026-01-06T00:00:00Z' })).rejects.toThrow(/ends .* before it begins/);
  });

  test('is exported as it is filtered, and the export is an event', async () => {
    const csv = await exportAudit(auditor(), { format: 'csv', filter: { action: 'source', outcome: 'done' } });
    expect(csv.text.trim().split('\r\n').map((row) => row.split(',')[0])).toEqual(['"seq"', '"5"', '"4"']);
    expect(csv).toMatchObject({ events: 2, name: expect.stringMatching(/^signalbox-audit-[\dT-]+Z\.csv$/) });
    const json = JSON.parse((await exportAudit(auditor(), { format: 'json', filter: {} })).text) as { events: { seq: string }[] };
    expect(json.events.map(({ seq }) => seq)).toEqual(['7', '6', '5', '4', '3', '2', '1']);
    const { items } = await listAudit(auditor(), { limit: 1, action: 'audit.export' });
    expect(items).toMatchObject([{ seq: '8', actor: 'user:auditor@hospital.example', after: { format: 'json', filter: {}, events: 7 } }]);
    await expect(exportAudit(contextOf('noc'), { format: 'csv', filter: {} })).rejects.toThrow(/audit:read/);
    expect((await listAudit(auditor(), { limit: 1 })).items).toMatchObject([{ action: 'audit.export', outcome: 'refused', actor: 'user:noc@hospital.example' }]);
  });
});

test('the report of who had access tells users and tokens of the instant, also those that the trail does not know', async () => {
  const day = (n: number) => new Date(Date.UTC(2026, 0, n));
  await connection.db.insert(schema.users).values({ id: '0190b0de-0000-7000-8000-00000000000e', email: 'eve@hospital.example', name: 'Eve', createdAt: day(1) });
  const admin = (n: number) => contextOf('admin', () => day(n));
  await createUser(admin(2), { email: 'ada@hospital.example', roles: ['engineer'], facilities: ['mercy'] });
  await createToken(admin(3), { name: 'reporting', role: 'viewer', expiresAt: day(5).toISOString() });
  await disableUser(admin(4), { email: 'ada@hospital.example' });
  const seen = async (n: number) => (await readAccessReport(auditor(), { at: day(n).toISOString() })).holders.map(({ label, grants, witness }) => `${label} ${grants.map(({ role, facilities }) => `${role}@${facilities?.join() ?? 'all'}`).join()} ${witness}`);
  expect(await seen(1)).toEqual(['eve@hospital.example  table']);
  expect(await seen(3)).toEqual(['ada@hospital.example engineer@mercy trail', 'eve@hospital.example  table', 'reporting viewer@all trail']);
  expect(await seen(4)).toEqual(['eve@hospital.example  table', 'reporting viewer@all trail']);
  expect(await seen(6)).toEqual(['eve@hospital.example  table']);
  await connection.db.execute(sql`delete from users`);
});

async function* read(anchors: Anchor[]): AsyncGenerator<Anchor> {
  yield* anchors;
}
