import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestClickHouse, createTestPostgres } from '@/scripts/testing/databases';
import { issuesOf } from '@/server/api/issues';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { resolveContracts } from '@/server/domain/contracts/resolve-contracts';
import { SOURCES, flowText } from '@/server/domain/contracts/testing/contract-texts';
import type { Person } from '@/server/domain/roles/actor';
import type { Role } from '@/server/domain/roles/permissions';
import { createSecretBox } from '@/server/domain/sources/secret-box';
import { schema } from '@/server/store/postgres';
import { activateDraft } from '../contracts/activate-draft';
import { storeContracts } from '../contracts/store-contracts';
import { Refusal } from '../refusal';
import { openStores, type TestStores } from '../testing/stores';
import { answerSourceRequest, claimSourceRequest } from './claim-requests';
import { createSource } from './create-source';
import { discoverSource } from './discover-source';
import { listSources } from './list-sources';
import { readSource } from './read-source';
import { readSourceRequest } from './read-source-request';
import { removeSource } from './remove-source';
import { setSourceEnabled } from './set-source-enabled';
import type { SourceContext } from './source-context';
import type { SourceInput } from '@/server/domain/sources/source-input';
import { candidateConnection, secretPurpose } from './stored-connections';
import { testSource } from './test-source';
import { updateSource } from './update-source';

const PASSWORD = 'correct horse battery staple';
const box = createSecretBox(Buffer.alloc(32, 3));
const cleanUp: (() => Promise<void>)[] = [];
let stores: TestStores;
let now: Date;
let admin: SourceContext;

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  stores = await openStores({ postgres: postgres.url, clickhouse: clickhouse.writerUrl });
  cleanUp.push(() => stores.close(), () => postgres.drop(), () => clickhouse.drop());
});
afterAll(async () => {
  for (const step of cleanUp) await step();
});
beforeEach(async () => {
  now = new Date('2026-01-05T08:00:00Z');
  admin = as('admin');
  for (const table of [schema.activeContracts, schema.contractVersions, schema.contractProblems, schema.sourceConnections, schema.sourceRequests, schema.consoleDocuments, schema.componentReports]) await stores.db.delete(table);
});

function as(role: Role, email = `${role}@hospital.example`): SourceContext {
  const actor: Person = { kind: 'user', id: '0190b0de-0000-7000-8000-000000000001', email, name: email, grants: [{ role, scope: { facilities: null, payers: null } }] };
  return { ...stores, actor, now: () => now, box };
}

type RabbitInput = Extract<SourceInput, { kind: 'rabbitmq' }>;
const rabbit = (told: Partial<RabbitInput> = {}): RabbitInput => ({
  id: 'rabbit-main', name: 'Message broker', system: { id: 'middleware', name: 'Middleware' }, kind: 'rabbitmq',
  settings: { management: 'https://broker.internal:15671', amqp: 'amqps://broker.internal' },
  observe: { user: 'signalbox-observer', password: PASSWORD }, levers: { user: 'signalbox-operator', password: `${PASSWORD} 2` }, ...told,
});
const database = (id: string, told: object = {}): SourceInput => ({ id, name: `Database ${id}`, system: { id: 'erp', name: 'ERP' }, kind: 'postgres', settings: { host: `${id}.internal`, database: 'erp' }, ...told });
const onQueue = (id: string, metadata = '') => flowText({ id, metadata, channel: `{ source: rabbit-main, kind: queue, name: ${id} }` });

/** Puts files in force as a collector does. */
const load = (files: Record<string, string>) => storeContracts(stores.db, resolveContracts(Object.entries(files).map(([file, text]) => parseContractFile(file, text)), []), now);
const stored = async (id = 'rabbit-main') => (await stores.db.query.sourceConnections.findFirst({ where: (row) => eq(row.sourceId, id) }))!;
const opened = async () => {
  const { observeSecret, leverSecret } = await stored();
  return { observe: observeSecret && box.open(observeSecret, secretPurpose('rabbit-main', 'observe')), levers: leverSecret && box.open(leverSecret, secretPurpose('rabbit-main', 'levers')) };
};
const refusalOf = async (call: Promise<unknown>) => {
  const error = await call.then(() => 'it was done', (thrown: unknown) => thrown);
  if (!(error instanceof Refusal) && !(error instanceof z.ZodError)) throw new Error(`not refused: ${String(error)}`);
  return { code: error instanceof Refusal ? error.code : 'invalid', sentence: error.message, fields: issuesOf(error).map(({ field }) => field) };
};

describe('secrets', () => {
  it('are in no answer, and sealed at rest', async () => {
    const made = await createSource(admin, rabbit());
    const test = await testSource(admin, { candidate: rabbit({ id: 'another' }) });
    const answers = [made, test, await listSources(admin), await readSource(as('auditor'), { sourceId: 'rabbit-main' }), await updateSource(admin, { revision: 1, source: rabbit({ name: 'Renamed' }) }), await readSourceRequest(admin, { requestId: test.id })];
    expect(JSON.stringify(answers)).not.toContain('horse');
    expect(made).toMatchObject({ observeUser: 'signalbox-observer', leverUser: 'signalbox-operator', revision: 1, updatedBy: 'user:admin@hospital.example' });
    const dump = JSON.stringify([await stores.db.query.sourceConnections.findMany(), await stores.db.query.sourceRequests.findMany()]);
    expect(dump).toContain('s1:');
    for (const clear of ['horse', 'signalbox-observer', Buffer.from(PASSWORD).toString('base64').slice(0, 20)]) expect(dump).not.toContain(clear);
    expect(await opened()).toEqual({ observe: rabbit().observe, levers: rabbit().levers });
  });

  it('are in no refusal', async () => {
    await createSource(admin, rabbit());
    const refusals = await Promise.all([
      refusalOf(createSource(admin, rabbit())),
      refusalOf(createSource(admin, rabbit({ id: 'x', settings: { management: `https://u:${encodeURIComponent(PASSWORD)}@broker` } }))),
      refusalOf(updateSource(admin, { revision: 7, source: rabbit() })),
      refusalOf(createSource(admin, { ...rabbit({ id: 'y' }), [PASSWORD.slice(0, 7)]: PASSWORD })),
    ]);
    expect(JSON.stringify(refusals)).not.toContain('horse');
  });

  it('stay when the password is left empty, and go when the credentials are cleared', async () => {
    await createSource(admin, rabbit());
    await updateSource(admin, { revision: 1, source: rabbit({ name: 'Renamed', observe: { user: 'signalbox-observer' }, levers: { user: 'signalbox-operator', password: 'new' } }) });
    expect(await opened()).toEqual({ observe: rabbit().observe, levers: { user: 'signalbox-operator', password: 'new' } });
    const view = await updateSource(admin, { revision: 2, source: rabbit({ observe: { user: 'signalbox-observer', password: '' }, levers: null }) });
    expect([view.leverUser, await opened()]).toEqual([null, { observe: rabbit().observe, levers: null }]);
  });

  it.each<[string, Partial<RabbitInput>, string]>([
    ['another address', { settings: { management: 'https://elsewhere.example:15671', amqp: 'amqps://broker.internal' } }, 'observe.password'],
    ['a further address', { settings: { management: 'https://broker.internal:15671', amqp: 'amqps://elsewhere.example' } }, 'observe.password'],
    ['no protection', { settings: { management: 'http://broker.internal:15671', amqp: 'amqps://broker.internal' } }, 'observe.password'],
    ['another authority', { settings: { ...rabbit().settings, tls: { serverName: 'elsewhere.example' } } }, 'observe.password'],
    ['another user', { observe: { user: 'somebody', password: '' } }, 'observe.password'],
    ['another lever user', { levers: { user: 'somebody', password: '' } }, 'levers.password'],
  ])('that are stored are never sent to %s', async (_, changed, field) => {
    await createSource(admin, rabbit());
    const source = rabbit({ observe: { user: 'signalbox-observer', password: '' }, levers: { user: 'signalbox-operator', password: '' }, ...changed });
    expect((await refusalOf(updateSource(admin, { revision: 1, source }))).fields).toEqual([field]);
    expect((await refusalOf(testSource(admin, { candidate: source }))).fields).toEqual([field]);
    expect((await stored()).revision).toBe(1);
    expect(await stores.db.query.sourceRequests.findMany()).toEqual([]);
  });
});

describe('input', () => {
  it.each<[string[], object]>([
    [['id'], { id: 'Not An Id' }],
    [['id'], { id: 'x'.repeat(49) }],
    [['name'], { name: ' ' }],
    [['system.id'], { system: { id: 'x y', name: 'X' } }],
    [['kind'], { kind: 'kafka' }],
    [['settings.management'], { settings: { management: 'ftp://broker' } }],
    [['settings.management', 'settings.amqp'], { settings: { management: 'broker', amqp: 'amqp://' } }],
    [['settings.management', 'settings.pollSeconds'], { settings: { pollSeconds: 1 } }],
    [['settings.password'], { settings: { management: 'https://broker', password: 'x' } }],
    [['settings.tls.ca'], { settings: { management: 'https://broker', tls: { ca: '-----BEGIN PRIVATE KEY-----' } } }],
    [['observe.user'], { observe: { user: '', password: '' } }],
    [['levers.user'], { levers: { user: 'signalbox-observer', password: 'x' } }],
    [['match.0.port'], { match: [{ address: 'broker', port: 70_000 }] }],
  ])('that is wrong names %j', async (fields, told) => {
    expect(await refusalOf(createSource(admin, rabbit(told as Partial<RabbitInput>)))).toMatchObject({ code: 'invalid', fields });
    expect(await stores.db.query.sourceConnections.findMany()).toEqual([]);
  });

  it.each<[SourceInput, object[]]>([
    [rabbit(), [{ address: 'broker.internal', port: 5671 }]],
    [rabbit({ settings: { management: 'http://Broker:15672', amqp: 'amqp://[::1]:5673' } }), [{ address: '::1', port: 5673 }]],
    [rabbit({ settings: { management: 'http://broker:15672' } }), [{ address: 'broker' }]],
    [rabbit({ match: [{ address: 'Rabbit.Internal' }] }), [{ address: 'rabbit.internal' }]],
    [database('erp-db'), [{ address: 'erp-db.internal', port: 5432, namespace: 'erp' }]],
  ])('%# without a match is recognised by its address', async (input, match) => {
    expect((await createSource(admin, input)).match).toEqual(match);
  });
});

describe('two who change at once', () => {
  it('one wins, the other is told who', async () => {
    await createSource(admin, rabbit());
    const both = ['anna', 'ben'].map((name) => updateSource(as('admin', `${name}@hospital.example`), { revision: 1, source: rabbit({ name: `By ${name}` }) }));
    const outcomes = await Promise.allSettled(both);
    const { name, revision, updatedBy } = await stored();
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(revision).toBe(2);
    const loser = outcomes.find((outcome) => outcome.status === 'rejected')?.reason as Refusal;
    expect([loser.code, loser.message]).toEqual(['conflict', expect.stringContaining(`${updatedBy} changed "${name}"`)]);
  });

  it('adding one id makes one source', async () => {
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((n) => createSource(admin, rabbit({ name: `Broker ${n}` }))));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await stores.db.query.sourceConnections.findMany()).toHaveLength(1);
  });
});

describe('sources and contracts', () => {
  it('of files are listed without their password references, and changed in their files', async () => {
    await load({ 'net/sources.yaml': SOURCES.replace('kind: postgres', 'kind: postgres, connect: { host: db, database: erp, user: reader, password: { file: /run/secrets/erp }, levers: { user: writer, password: { env: ERP_LEVER } } }') });
    const listed = await listSources(as('noc'));
    expect(listed.map(({ id, origin, file, tap }) => [id, origin, file, tap.status])).toEqual([['erp-api', 'file', 'net/sources.yaml', 'off'], ['erp-db', 'file', 'net/sources.yaml', 'starting'], ['rabbit-main', 'file', 'net/sources.yaml', 'off']]);
    expect(listed[1]).toMatchObject({ observeUser: 'reader', leverUser: 'writer', settings: { host: 'db', database: 'erp' }, system: { id: 'erp', name: 'ERP' }, revision: null });
    expect(JSON.stringify(listed)).not.toMatch(/secrets|ERP_LEVER/);
    for (const call of [() => createSource(admin, database('erp-db')), () => updateSource(admin, { revision: 1, source: database('erp-db') }), () => removeSource(admin, { sourceId: 'erp-db' }), () => setSourceEnabled(admin, { sourceId: 'erp-db', enabled: false })]) {
      expect(await refusalOf(call())).toMatchObject({ code: 'conflict', sentence: expect.stringContaining('net/sources.yaml') });
    }
    expect((await testSource(admin, { sourceId: 'erp-db' })).state).toBe('waiting');
  });

  it('must not be recognised by what another is recognised by', async () => {
    await load({ 'sources.yaml': SOURCES });
    expect(await refusalOf(createSource(admin, database('copy', { match: [{ address: 'db', port: 5432, namespace: 'erp' }] })))).toMatchObject({ code: 'conflict', fields: ['match'], sentence: expect.stringContaining('erp-db') });
    await createSource(admin, database('first', { match: [{ address: 'x' }] }));
    expect(await refusalOf(createSource(admin, database('second', { match: [{ address: 'x' }] })))).toMatchObject({ code: 'conflict', fields: ['match'] });
    await createSource(admin, database('second'));
    expect((await refusalOf(updateSource(admin, { revision: 1, source: database('second', { match: [{ address: 'x' }] }) }))).fields).toEqual(['match']);
  });

  it('stay while a flow names them, drafts included, and go with a retired one', async () => {
    await createSource(admin, rabbit());
    await activateDraft(admin, { yaml: onQueue('orders') });
    expect((await readSource(admin, { sourceId: 'rabbit-main' })).flows).toEqual([]); // no collector has loaded it yet
    expect(await refusalOf(removeSource(admin, { sourceId: 'rabbit-main' }))).toMatchObject({ code: 'conflict', sentence: expect.stringContaining('console/flows/orders') });
    expect(await stored()).toBeDefined();
    await activateDraft(admin, { yaml: onQueue('orders', 'lifecycle: retired'), revision: 1 });
    await testSource(admin, { sourceId: 'rabbit-main' });
    await removeSource(admin, { sourceId: 'rabbit-main' });
    expect([await listSources(admin), await stores.db.query.sourceRequests.findMany()]).toEqual([[], []]);
    expect((await refusalOf(removeSource(admin, { sourceId: 'rabbit-main' }))).code).toBe('not-found');
  });

  it('keep their kind, and one name per system', async () => {
    await createSource(admin, database('a'));
    await createSource(admin, database('b', { system: { id: 'erp', name: 'ERP of the north' } }));
    expect((await listSources(admin)).map(({ system }) => system.name)).toEqual(['ERP of the north', 'ERP of the north']);
    expect(await refusalOf(updateSource(admin, { revision: 2, source: rabbit({ id: 'a' }) }))).toMatchObject({ code: 'invalid', fields: ['kind'] });
  });
});

describe('the tap of a source', () => {
  const tap = async (context?: SourceContext) => (await readSource(context ?? admin, { sourceId: 'rabbit-main' })).tap;
  const report = (status: string) => stores.db.insert(schema.componentReports).values({
    component: 'tap', instance: 'rabbit-main', status, summary: '12 queues.', startedAt: now, reportedAt: now,
    detail: { name: 'x', lastSuccessAt: now.toISOString(), latencyMs: 12, rows: 12, lastError: null, instance: 'host:77', alarms: [] },
  });

  it('is shown as it reports itself, until it stops reporting', async () => {
    await createSource(admin, rabbit());
    expect(await tap()).toMatchObject({ status: 'starting', reportedAt: null });
    await report('warning');
    expect(await tap()).toMatchObject({ status: 'warning', summary: '12 queues.', lastSuccessAt: now.toISOString(), latencyMs: 12, rows: 12, instance: 'host:77', detail: { alarms: [] } });
    now = new Date(now.getTime() + 16_000);
    expect(await tap()).toMatchObject({ status: 'down', summary: 'No collector has reported on this source for 16 s. It said last: 12 queues.' });
  });

  it('is off when it should be, and says what is missing', async () => {
    await createSource(admin, rabbit());
    await report('ok');
    await setSourceEnabled(admin, { sourceId: 'rabbit-main', enabled: false });
    expect(await tap()).toMatchObject({ status: 'off', summary: expect.stringContaining('Disabled') });
    await setSourceEnabled(admin, { sourceId: 'rabbit-main', enabled: true });
    expect((await stored()).revision).toBe(3);
    const other = { ...admin, box: createSecretBox(Buffer.alloc(32, 4)) };
    expect(await tap(other)).toMatchObject({ status: 'down', summary: expect.stringContaining('SIGNALBOX_SECRET is not the one') });
    await updateSource(admin, { revision: 3, source: rabbit({ observe: null, levers: null }) });
    expect(await tap()).toMatchObject({ status: 'off', summary: expect.stringContaining('No user to look with') });
  });
});

describe('tests and discoveries', () => {
  it('of an unsaved source carry it sealed, with the stored password where it is left empty', async () => {
    await createSource(admin, rabbit());
    const { id } = await testSource(admin, { candidate: rabbit({ name: 'Renamed', observe: { user: 'signalbox-observer' }, levers: null }) });
    const claimed = await claimSourceRequest(stores.db, 'collector', now);
    expect(claimed?.id).toBe(id);
    const candidate = candidateConnection.parse(claimed?.candidate);
    expect(box.open(candidate.observeSecret!, secretPurpose('rabbit-main', 'observe'))).toEqual(rabbit().observe);
    expect(candidate).toMatchObject({ name: 'Renamed', system: 'middleware', leverSecret: null });
    await answerSourceRequest(stores.db, { id, owner: 'collector' }, { answer: { reachable: false, problem: 'Connection refused.' } }, now);
    expect(await readSourceRequest(as('noc'), { requestId: id })).toMatchObject({ state: 'done', description: { reachable: false }, discovery: null, error: null });
  });

  it('that no collector takes up say so, and are not taken up later', async () => {
    const { id } = await testSource(admin, { candidate: rabbit() });
    now = new Date(now.getTime() + 14_000);
    expect((await readSourceRequest(admin, { requestId: id })).state).toBe('waiting');
    now = new Date(now.getTime() + 2_000);
    expect(await readSourceRequest(admin, { requestId: id })).toMatchObject({ state: 'failed', error: expect.stringMatching(/^No collector with the role taps is running/) });
    expect(await claimSourceRequest(stores.db, 'collector', now)).toBeNull();
    expect((await stores.db.query.sourceRequests.findFirst())?.candidate).toBeNull();
  });

  it('wait longer while collectors are there and busy, and end when the one that took them up is gone', async () => {
    const { id } = await testSource(admin, { candidate: rabbit() });
    const after = (seconds: number) => { now = new Date(Date.parse('2026-01-05T08:00:00Z') + seconds * 1_000); };
    const collectorReports = () => stores.db.insert(schema.componentReports).values({ component: 'taps', instance: 'host:77', status: 'ok', summary: 'Tapping.', detail: {}, startedAt: now, reportedAt: now })
      .onConflictDoUpdate({ target: [schema.componentReports.component, schema.componentReports.instance], set: { reportedAt: now } });
    after(100);
    await collectorReports();
    expect((await readSourceRequest(admin, { requestId: id })).state).toBe('waiting');
    await claimSourceRequest(stores.db, 'collector', now);
    after(250);
    expect((await readSourceRequest(admin, { requestId: id })).state).toBe('running');
    after(300);
    expect(await readSourceRequest(admin, { requestId: id })).toMatchObject({ state: 'failed', error: expect.stringContaining('did not answer') });
    const late = await testSource(admin, { candidate: rabbit() });
    after(430);
    await collectorReports();
    expect(await readSourceRequest(admin, { requestId: late.id })).toMatchObject({ state: 'failed', error: expect.stringContaining('busy') });
  });

  it('are at most twenty at once, and forgotten after a day', async () => {
    await createSource(admin, rabbit());
    for (let n = 0; n < 20; n++) await testSource(admin, { sourceId: 'rabbit-main' });
    expect(await refusalOf(testSource(admin, { sourceId: 'rabbit-main' }))).toMatchObject({ code: 'too-many-requests' });
    now = new Date(now.getTime() + 20_000);
    await testSource(admin, { sourceId: 'rabbit-main' });
    now = new Date(now.getTime() + 24 * 3_600_000 - 10_000);
    const { id } = await testSource(admin, { sourceId: 'rabbit-main' });
    const kept = await stores.db.query.sourceRequests.findMany();
    expect(kept.map((row) => [row.state, row.id === id])).toEqual(expect.arrayContaining([['failed', false], ['waiting', true]]));
    expect(kept).toHaveLength(2);
  });

  it('of one source are one discovery while it runs', async () => {
    await createSource(admin, rabbit());
    const engineer = as('engineer');
    const first = await discoverSource(engineer, { sourceId: 'rabbit-main' });
    await claimSourceRequest(stores.db, 'collector', now);
    expect((await discoverSource(engineer, { sourceId: 'rabbit-main' })).id).toBe(first.id);
    await answerSourceRequest(stores.db, { id: first.id, owner: 'collector' }, { error: 'The source went away.' }, now);
    expect((await discoverSource(engineer, { sourceId: 'rabbit-main' })).id).not.toBe(first.id);
    expect((await refusalOf(discoverSource(engineer, { sourceId: 'nowhere' }))).code).toBe('not-found');
  });
});
