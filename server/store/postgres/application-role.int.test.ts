import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateAll } from '@/scripts/migrate';
import { createTestClickHouse, createTestPostgres, type TestClickHouse, type TestPostgres } from '@/scripts/testing/databases';
import { createUser } from '@/server/services/users/create-user';
import { connectPostgres, type PostgresConnection } from '.';
import { grantApplicationRole } from './application-role';

let postgres: TestPostgres;
let clickHouse: TestClickHouse;
let owner: Client;
let application: PostgresConnection;
let applicationUrl: string;
let role: string;

beforeAll(async () => {
  [postgres, clickHouse] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  const url = new URL(postgres.url);
  role = `app_${url.pathname.slice(1)}`;
  owner = new Client({ connectionString: postgres.url });
  await owner.connect();
  await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'app'`);
  url.username = role;
  url.password = 'app';
  applicationUrl = url.href;
  await migrateAll({ databaseUrl: applicationUrl, databaseOwnerUrl: postgres.url, clickhouseUrl: clickHouse.writerUrl });
  application = connectPostgres(applicationUrl);
  await createUser({ db: application.db, actor: { kind: 'system', name: 'test' }, now: () => new Date() }, { email: 'ada@hospital.example', roles: ['auditor'] });
});

afterAll(async () => {
  await application.close();
  await owner.query(`DROP OWNED BY ${role}`);
  await owner.query(`DROP ROLE ${role}`);
  await owner.end();
  await Promise.all([postgres.drop(), clickHouse.drop()]);
});

const CHANGES = [
  "UPDATE audit_events SET reason = 'another'", 'DELETE FROM audit_events', 'TRUNCATE audit_events',
  "UPDATE audit_anchors SET hash = ''", 'DELETE FROM audit_anchors', 'TRUNCATE audit_anchors',
];

/** What the database answers: the message, with the cause under the query builder's wrapping. */
async function answerTo(url: string, statement: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
    return 'done';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.end();
  }
}

describe('the role of web and collectors', () => {
  test('does its work: a verb writes, and its event is in the trail', async () => {
    expect(await application.db.query.users.findMany()).toHaveLength(1);
    expect(await application.db.query.auditEvents.findMany()).toMatchObject([{ seq: 1n, action: 'user.create', actor: 'system:test' }]);
  });

  test.each(CHANGES)('is refused by its rights: %s', async (statement) => {
    expect(await answerTo(applicationUrl, statement)).toMatch(/^permission denied for table audit_/);
  });

  test.each([
    'DROP TABLE audit_events', 'ALTER TABLE audit_events DISABLE TRIGGER ALL', 'DROP TRIGGER audit_events_append_only ON audit_events',
    'CREATE TABLE public.mine (id int)', 'DROP FUNCTION refuse_change_of_audit CASCADE', 'SET session_replication_role = replica',
  ])('cannot take the protection away: %s', async (statement) => {
    expect(await answerTo(applicationUrl, statement)).toMatch(/^must be owner of|^permission denied/);
  });

  test('keeps its rights when migrations run again', async () => {
    await migrateAll({ databaseUrl: applicationUrl, databaseOwnerUrl: postgres.url, clickhouseUrl: clickHouse.writerUrl });
    expect(await answerTo(applicationUrl, 'SELECT 1 FROM audit_events')).toBe('done');
    expect(await answerTo(applicationUrl, 'DELETE FROM audit_events')).toMatch(/^permission denied/);
  });
});

describe('the owner of the tables, a superuser at that', () => {
  test.each(CHANGES)('is refused by the trigger: %s', async (statement) => {
    expect(await answerTo(postgres.url, statement)).toMatch(/of audit_(events|anchors) is refused: the audit trail is append-only/);
  });

  test('is refused also as a replica, where ordinary triggers are silent', async () => {
    expect(await answerTo(postgres.url, 'SET session_replication_role = replica; DELETE FROM audit_events')).toMatch(/append-only/);
  });
});

test('a role that could change the trail all the same is not taken for one that cannot', async () => {
  const { username } = new URL(postgres.url);
  await expect(grantApplicationRole(postgres.url, username)).rejects.toThrow(/could still change audit_events and audit_anchors: it owns the tables/);
});
