import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, roleAllows, type Permission, type Role } from '@/server/domain/roles/permissions';
import { flowText } from '@/server/domain/contracts/testing/contract-texts';
import { flowContract, hex, plantContracts, plantSpans } from '@/server/services/testing/planted';
import { activateDraft } from '@/server/services/contracts/activate-draft';
import { createSource } from '@/server/services/sources/create-source';
import type { SourceInput } from '@/server/domain/sources/source-input';
import { testSource } from '@/server/services/sources/test-source';
import { createChannel } from '@/server/services/notices/channels/create-channel';
import type { ChannelView } from '@/server/services/notices/channels/channel-view';
import { testChannel } from '@/server/services/notices/channels/test-channel';
import { createToken } from '@/server/services/tokens/create-token';
import { requestOperation } from '@/server/services/operations/request-operation';
import { item, leverFlow, pauseRequest, planIt, replayRequest } from '@/server/services/operations/testing/planned-operations';
import { uuidv7 } from '@/server/domain/ids';
import { schema } from '@/server/store/postgres';
import { withBox } from './installation-box';
import { handleRest } from './rest/handle-rest';
import { ROUTES } from './rest/routes';
import { appRouter, type createCaller } from './root';
import { startWebUnderTest, type WebUnderTest } from './testing/web-process';

type Caller = ReturnType<typeof createCaller>;
type Confirmable = { id: string; planHash: string; reason: string };

const TRACE = hex(0xabc, 32);
const SPAN = hex(0xdef, 16);
let web: WebUnderTest;
let spareToken: string;
/** Made anew for each procedure and route: what may be changed and removed. */
let spare: { sourceId: string; flowId: string; requestId: string };
/** What operations, holds and levers are called with. */
let control: { pause: Confirmable; replay: Confirmable; holdId: string; rerouteId: string };
let spareChannel: ChannelView;
let spareDelivery: string;
let serial = 0;

beforeAll(async () => {
  web = await startWebUnderTest();
  await plantContracts(web.db, [flowContract('orders'), leverFlow('charges', { reroute: { allowed: true, alternates: [{ id: 'second', channel: { source: 'broker', kind: 'queue', name: 'second' } }] } })]);
  await plantSpans(web.clickhouse, [{ traceId: TRACE, spanId: SPAN, atMs: Date.now() - 5_000, flowId: 'orders', hopId: 'work', leg: 'leave', facilityId: 'mercy-north', payerId: 'aetna' }]);
  await makeSource('plant');
});
afterAll(() => web.close());

const newSource = (id: string): SourceInput => ({ id, name: `Database ${id}`, system: { id: 'plant', name: 'Plant' }, kind: 'postgres', settings: { host: `${id}.internal`, database: 'plant' } });
const newFlow = (id: string) => flowText({ id, channel: `{ source: plant, kind: table, table: ${id} }` });
const sources = () => withBox(web.system);
const makeSource = (id: string) => createSource(sources(), newSource(id));
const next = (word: string) => `${word}-${(serial += 1)}`;

/** Makes what a procedure or route of this name is called with; all of it for each would take minutes. */
async function makeSpare(name: string): Promise<void> {
  if (/operation|hold|lever|received/i.test(name)) await makeControl();
  if (name.startsWith('notices.channels')) {
    spareChannel = (await createChannel(sources(), { name: next('channel'), url: 'https://pager.internal' })).channel;
    spareDelivery = (await testChannel(sources(), { channelId: spareChannel.id })).delivery;
  }
  if (/source|contract/i.test(name)) {
    await web.db.delete(schema.sourceRequests);
    const sourceId = (await makeSource(next('source'))).id;
    const flowId = (await activateDraft(web.system, { yaml: newFlow(next('flow')) })).id;
    spare = { sourceId, flowId, requestId: (await testSource(sources(), { sourceId })).id };
  }
  if (/token|device|acknowledge/i.test(name)) spareToken = (await createToken(web.system, { name: next('spare'), role: 'viewer' })).token.id;
}

async function makeControl(): Promise<void> {
  const now = new Date();
  await web.db.delete(schema.channelLocks);
  await web.db.delete(schema.holds);
  const planned = async (request: Parameters<typeof requestOperation>[1], told: Parameters<typeof planIt>[3] = {}): Promise<Confirmable> => {
    await requestOperation(web.system, request);
    return { id: request.id, planHash: await planIt(web.db, request.id, now, told), reason: 'test' };
  };
  const pause = await planned(pauseRequest(now));
  const replay = await planned(replayRequest(now), { items: [item(next('item'))] });
  const reroute = await requestOperation(web.system, { kind: 'reroute', id: uuidv7(), flowId: 'charges', hopId: 'outbox', alternate: 'second', reviewBy: new Date(now.getTime() + 3_600_000).toISOString() });
  const hold = (openedBy: string) => ({
    id: uuidv7(), flowId: 'charges', hopId: 'outbox', sourceId: 'broker', channelId: next('channel'), observation: 'Nothing passes.',
    openedBy, owner: 'system:test', reviewBy: new Date(now.getTime() + 3_600_000), requestedAt: now,
  });
  const held = { ...hold(pause.id), kind: 'pause', method: 'park', state: 'held' };
  const rerouted = { ...hold(reroute.id), kind: 'reroute', method: 'bindings', state: 'active' };
  await web.db.insert(schema.holds).values([held, rerouted]);
  await plantCopy(rerouted.channelId, now);
  control = { pause, replay, holdId: held.id, rerouteId: rerouted.id };
}

/** What the alternate received. */
const plantCopy = (channelId: string, at: Date) => web.clickhouse.insertRows('tap_messages', [{ SourceId: 'broker', ChannelId: channelId, FlowId: 'charges', CopyKey: 'taken', MessageId: 'taken', SeenAt: at.toISOString().replace('T', ' ').replace('Z', '') }]);

const agreed = ({ planHash, reason }: Confirmable) => ({ planHash, reason });
const decided = () => ({ decision: 'leave' as const, reason: 'test', asOf: new Date().toISOString(), selection: { by: 'messages' as const, copyKeys: ['taken'] } });
const soon = () => new Date(Date.now() + 7_200_000).toISOString();

/** Every procedure with the permission it must ask for, and a call that succeeds for whoever holds it. */
const PROCEDURES: Record<string, { needs: Permission | 'signed-in'; call(caller: Caller): Promise<unknown> }> = {
  'flows.overview': { needs: 'flows:read', call: (caller) => caller.flows.overview() },
  'flows.byId': { needs: 'flows:read', call: (caller) => caller.flows.byId({ flowId: 'orders' }) },
  'flows.hopSeries': { needs: 'flows:read', call: (caller) => caller.flows.hopSeries({ flowId: 'orders', hopId: 'work' }) },
  'failures.byFlow': { needs: 'messages:read', call: (caller) => caller.failures.byFlow({ flowId: 'orders' }) },
  'failures.reasonsOfFlow': { needs: 'messages:read', call: (caller) => caller.failures.reasonsOfFlow({ flowId: 'orders' }) },
  'traces.byId': { needs: 'traces:read', call: (caller) => caller.traces.byId({ traceId: TRACE }) },
  'traces.span': { needs: 'traces:read', call: (caller) => caller.traces.span({ traceId: TRACE, spanId: SPAN }) },
  'system.health': { needs: 'system:read', call: (caller) => caller.system.health() },
  'me.get': { needs: 'signed-in', call: (caller) => caller.me.get() },
  'settings.tokens.list': { needs: 'tokens:read', call: (caller) => caller.settings.tokens.list() },
  'settings.tokens.create': { needs: 'tokens:manage', call: (caller) => caller.settings.tokens.create({ name: next('made'), role: 'viewer' }) },
  'settings.tokens.revoke': { needs: 'tokens:manage', call: (caller) => caller.settings.tokens.revoke({ tokenId: spareToken }) },
  'sources.list': { needs: 'sources:read', call: (caller) => caller.sources.list() },
  'sources.byId': { needs: 'sources:read', call: (caller) => caller.sources.byId({ sourceId: spare.sourceId }) },
  'sources.create': { needs: 'sources:manage', call: (caller) => caller.sources.create(newSource(next('made'))) },
  'sources.update': { needs: 'sources:manage', call: (caller) => caller.sources.update({ revision: 1, source: newSource(spare.sourceId) }) },
  'sources.setEnabled': { needs: 'sources:manage', call: (caller) => caller.sources.setEnabled({ sourceId: spare.sourceId, enabled: false }) },
  'sources.remove': { needs: 'sources:manage', call: (caller) => caller.sources.remove({ sourceId: spare.sourceId }) },
  'sources.test': { needs: 'sources:manage', call: (caller) => caller.sources.test({ sourceId: spare.sourceId }) },
  'sources.discover': { needs: 'contracts:manage', call: (caller) => caller.sources.discover({ sourceId: spare.sourceId }) },
  'sources.request': { needs: 'sources:read', call: (caller) => caller.sources.request({ requestId: spare.requestId }) },
  'contracts.documents.list': { needs: 'flows:read', call: (caller) => caller.contracts.documents.list() },
  'contracts.documents.byId': { needs: 'flows:read', call: (caller) => caller.contracts.documents.byId({ flowId: spare.flowId }) },
  'contracts.validate': { needs: 'contracts:manage', call: (caller) => caller.contracts.validate({ yaml: newFlow(spare.flowId) }) },
  'contracts.activate': { needs: 'contracts:manage', call: (caller) => caller.contracts.activate({ yaml: newFlow(next('made')) }) },
  'audit.list': { needs: 'audit:read', call: (caller) => caller.audit.list({}) },
  'audit.verify': { needs: 'audit:read', call: (caller) => caller.audit.verify() },
  'audit.anchors': { needs: 'audit:read', call: (caller) => caller.audit.anchors() },
  'audit.export': { needs: 'audit:read', call: (caller) => caller.audit.export({ format: 'csv', filter: { action: 'audit' } }) },
  'audit.reports.access': { needs: 'audit:read', call: (caller) => caller.audit.reports.access({ at: '2026-01-31T08:00:00Z' }) },
  'audit.reports.period': { needs: 'audit:read', call: (caller) => caller.audit.reports.period({ from: '2026-01-01T00:00:00Z', until: '2026-01-31T00:00:00Z' }) },
  'operations.frame': { needs: 'flows:read', call: (caller) => caller.operations.frame({ flowId: 'charges' }) },
  'operations.holds': { needs: 'flows:read', call: (caller) => caller.operations.holds({}) },
  'operations.received': { needs: 'messages:read', call: (caller) => caller.operations.received({ holdId: control.rerouteId }) },
  'operations.decideReceived': { needs: 'operations:run', call: (caller) => caller.operations.decideReceived({ holdId: control.rerouteId, ...decided() }) },
  'operations.exportReceived': { needs: 'messages:read', call: (caller) => caller.operations.exportReceived({ holdId: control.rerouteId }) },
  'operations.switch': { needs: 'flows:read', call: (caller) => caller.operations.switch() },
  'operations.list': { needs: 'operations:read', call: (caller) => caller.operations.list({}) },
  'operations.byId': { needs: 'operations:read', call: (caller) => caller.operations.byId({ id: control.pause.id }) },
  'operations.items': { needs: 'messages:read', call: (caller) => caller.operations.items({ id: control.replay.id }) },
  'operations.approvals': { needs: 'operations:read', call: (caller) => caller.operations.approvals() },
  'operations.request': { needs: 'operations:plan', call: (caller) => caller.operations.request(pauseRequest(new Date())) },
  'operations.readEdit': { needs: 'operations:read', call: (caller) => caller.operations.readEdit({ id: control.replay.id }) },
  'operations.confirm': { needs: 'operations:run', call: (caller) => caller.operations.confirm(control.pause) },
  'operations.emergency': { needs: 'operations:emergency', call: (caller) => caller.operations.emergency(control.replay) },
  'operations.approve': { needs: 'operations:approve', call: (caller) => caller.operations.approve({ id: control.replay.id, planHash: control.replay.planHash }) },
  'operations.reject': { needs: 'operations:approve', call: (caller) => caller.operations.reject({ id: control.replay.id, reason: 'test' }) },
  'operations.review': { needs: 'operations:approve', call: (caller) => caller.operations.review({ id: control.replay.id, comment: 'test' }) },
  'operations.stop': { needs: 'operations:run', call: (caller) => caller.operations.stop({ id: control.pause.id }) },
  'operations.cancel': { needs: 'operations:run', call: (caller) => caller.operations.cancel({ id: control.pause.id }) },
  'operations.takeOver': { needs: 'operations:run', call: (caller) => caller.operations.takeOver({ holdId: control.holdId, reason: 'test' }) },
  'operations.extend': { needs: 'operations:run', call: (caller) => caller.operations.extend({ holdId: control.holdId, reviewBy: soon(), reason: 'test' }) },
  'operations.setSwitch': { needs: 'operations:run', call: (caller) => caller.operations.setSwitch({ disabled: false, reason: 'test' }) },
  'device.lookUp': { needs: 'terminals:answer', call: (caller) => caller.device.lookUp({ userCode: 'BCDF-GHJK' }) },
  'device.decide': { needs: 'terminals:answer', call: (caller) => caller.device.decide({ requestId: spareToken, userCode: 'BCDF-GHJK', planHash: '', grant: true }) },
  'notices.list': { needs: 'signed-in', call: (caller) => caller.notices.list() },
  'notices.acknowledge': { needs: 'notices:acknowledge', call: (caller) => caller.notices.acknowledge({ noticeId: spareToken }) },
  'notices.channels.list': { needs: 'settings:manage', call: (caller) => caller.notices.channels.list() },
  'notices.channels.create': { needs: 'settings:manage', call: (caller) => caller.notices.channels.create({ name: next('made'), url: 'https://pager.internal' }) },
  'notices.channels.update': { needs: 'settings:manage', call: (caller) => caller.notices.channels.update({ channelId: spareChannel.id, revision: 1, name: next('made'), url: 'https://pager.internal', sends: 'escalated', enabled: false }) },
  'notices.channels.renewSecret': { needs: 'settings:manage', call: (caller) => caller.notices.channels.renewSecret({ channelId: spareChannel.id }) },
  'notices.channels.remove': { needs: 'settings:manage', call: (caller) => caller.notices.channels.remove({ channelId: spareChannel.id }) },
  'notices.channels.resend': { needs: 'settings:manage', call: async (caller) => caller.notices.channels.resend({ deliveryId: spareDelivery }) },
  'notices.channels.test': { needs: 'settings:manage', call: (caller) => caller.notices.channels.test({ channelId: spareChannel.id }) },
  'contracts.remove': { needs: 'contracts:manage', call: (caller) => caller.contracts.remove({ flowId: spare.flowId }) },
};

const REST: Record<string, { needs: Permission | 'open'; method?: string; path: () => string; body?: () => unknown }> = {
  readHealth: { needs: 'open', path: () => '/health' },
  listFlows: { needs: 'flows:read', path: () => '/flows' },
  readFlow: { needs: 'flows:read', path: () => '/flows/orders' },
  readHopSeries: { needs: 'flows:read', path: () => '/flows/orders/hops/work/series' },
  readTrace: { needs: 'traces:read', path: () => `/traces/${TRACE}` },
  listFailedMessages: { needs: 'messages:read', path: () => '/flows/orders/failures' },
  countFailuresByReason: { needs: 'messages:read', path: () => '/flows/orders/failure-reasons' },
  readGate: { needs: 'flows:read', path: () => '/gates/orders' },
  listSources: { needs: 'sources:read', path: () => '/sources' },
  createSource: { needs: 'sources:manage', method: 'POST', path: () => '/sources', body: () => newSource(next('made')) },
  readSource: { needs: 'sources:read', path: () => `/sources/${spare.sourceId}` },
  updateSource: { needs: 'sources:manage', method: 'PUT', path: () => `/sources/${spare.sourceId}`, body: () => ({ revision: 1, source: newSource(spare.sourceId) }) },
  removeSource: { needs: 'sources:manage', method: 'DELETE', path: () => `/sources/${spare.sourceId}` },
  testSource: { needs: 'sources:manage', method: 'POST', path: () => `/sources/${spare.sourceId}/test` },
  discoverSource: { needs: 'contracts:manage', method: 'POST', path: () => `/sources/${spare.sourceId}/discover` },
  testSourceCandidate: { needs: 'sources:manage', method: 'POST', path: () => '/source-tests', body: () => newSource(next('candidate')) },
  readSourceRequest: { needs: 'sources:read', path: () => `/source-requests/${spare.requestId}` },
  listConsoleContracts: { needs: 'flows:read', path: () => '/contracts/console' },
  activateContract: { needs: 'contracts:manage', method: 'POST', path: () => '/contracts/console', body: () => ({ yaml: newFlow(next('made')) }) },
  readConsoleContract: { needs: 'flows:read', path: () => `/contracts/console/${spare.flowId}` },
  removeConsoleContract: { needs: 'contracts:manage', method: 'DELETE', path: () => `/contracts/console/${spare.flowId}` },
  listAuditEvents: { needs: 'audit:read', path: () => '/audit?action=audit' },
  verifyAudit: { needs: 'audit:read', path: () => '/audit/verification' },
  readLevers: { needs: 'flows:read', path: () => '/flows/charges/levers' },
  listHolds: { needs: 'flows:read', path: () => '/holds' },
  listReceivedMessages: { needs: 'messages:read', path: () => `/holds/${control.rerouteId}/received` },
  decideReceivedMessages: { needs: 'operations:run', method: 'POST', path: () => `/holds/${control.rerouteId}/received/decisions`, body: decided },
  readLeverSwitch: { needs: 'flows:read', path: () => '/lever-switch' },
  listOperations: { needs: 'operations:read', path: () => '/operations' },
  readOperation: { needs: 'operations:read', path: () => `/operations/${control.pause.id}` },
  listOperationItems: { needs: 'messages:read', path: () => `/operations/${control.replay.id}/items` },
  requestOperation: { needs: 'operations:plan', method: 'POST', path: () => '/operations', body: () => pauseRequest(new Date()) },
  readOperationEdit: { needs: 'operations:read', method: 'POST', path: () => `/operations/${control.replay.id}/edit` },
  confirmOperation: { needs: 'operations:run', method: 'POST', path: () => `/operations/${control.pause.id}/confirm`, body: () => agreed(control.pause) },
  confirmOperationInEmergency: { needs: 'operations:emergency', method: 'POST', path: () => `/operations/${control.replay.id}/emergency`, body: () => agreed(control.replay) },
  approveOperation: { needs: 'operations:approve', method: 'POST', path: () => `/operations/${control.replay.id}/approve`, body: () => ({ planHash: control.replay.planHash }) },
  rejectOperation: { needs: 'operations:approve', method: 'POST', path: () => `/operations/${control.replay.id}/reject`, body: () => ({ reason: 'test' }) },
  reviewOperation: { needs: 'operations:approve', method: 'POST', path: () => `/operations/${control.replay.id}/review`, body: () => ({ comment: 'test' }) },
  stopOperation: { needs: 'operations:run', method: 'POST', path: () => `/operations/${control.pause.id}/stop`, body: () => ({}) },
  takeOverHold: { needs: 'operations:run', method: 'POST', path: () => `/holds/${control.holdId}/take-over`, body: () => ({ reason: 'test' }) },
  extendHold: { needs: 'operations:run', method: 'POST', path: () => `/holds/${control.holdId}/extend`, body: () => ({ reviewBy: soon(), reason: 'test' }) },
  setLeverSwitch: { needs: 'operations:run', method: 'POST', path: () => '/lever-switch', body: () => ({ disabled: false, reason: 'test' }) },
  validateContract: { needs: 'contracts:manage', method: 'POST', path: () => '/contracts/validate', body: () => ({ yaml: newFlow(spare.flowId) }) },
};

/** Everything that a procedure or route can change. */
const stateNow = async () => JSON.stringify([
  await web.db.query.tokens.findMany({ columns: { id: true, name: true, revokedAt: true }, orderBy: (row, { asc }) => asc(row.id) }),
  await web.db.query.sourceConnections.findMany({ orderBy: (row, { asc }) => asc(row.sourceId) }),
  await web.db.query.sourceRequests.findMany({ orderBy: (row, { asc }) => asc(row.id) }),
  await web.db.query.consoleDocuments.findMany({ orderBy: (row, { asc }) => asc(row.documentId) }),
  await web.db.query.operations.findMany({ columns: { id: true, state: true, reviewedBy: true, stopRequestedBy: true }, orderBy: (row, { asc }) => asc(row.id) }),
  await web.db.query.noticeChannels.findMany({ orderBy: (row, { asc }) => asc(row.id) }),
  await web.db.query.holds.findMany({ columns: { id: true, owner: true, reviewBy: true }, orderBy: (row, { asc }) => asc(row.id) }),
  await web.db.query.receivedDecisions.findMany({ columns: { id: true }, orderBy: (row, { asc }) => asc(row.id) }),
]);

/** Whether a call of this procedure may leave something else for the next one. */
function changes(name: string): boolean {
  const { _def: router } = appRouter;
  const { _def: procedure } = (router.procedures as Record<string, unknown>)[name] as { _def: { type: string } };
  return procedure.type !== 'query';
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'OK';
  } catch (error) {
    if (error instanceof TRPCError) return error.code;
    throw error;
  }
}

const ask = (method: string, path: string, token?: string, body?: unknown) => handleRest(new Request(`http://signalbox.test/api/v1${path}`, {
  method, headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, body: body === undefined ? null : JSON.stringify(body),
}));
const get = (path: string, token?: string) => ask('GET', path, token);

describe('tRPC procedures', () => {
  it('are all in this table', () => {
    const { _def: definition } = appRouter;
    expect(Object.keys(definition.procedures).sort()).toEqual(Object.keys(PROCEDURES).sort());
  });

  it.each(Object.keys(PROCEDURES))('%s answers every role as the permission table says, and outsiders change nothing', async (name) => {
    const procedure = PROCEDURES[name];
    if (!procedure) throw new Error(`${name} is not in the table.`);
    const { needs } = procedure;
    const call = (caller: Caller) => procedure.call(caller);
    const answers: Record<string, string> = {};
    const expected: Record<string, string> = { nobody: 'UNAUTHORIZED' };
    await makeSpare(name);
    const before = await stateNow();
    answers.nobody = await codeOf(call(await web.callerOf(null)));
    const allowed: Role[] = [];
    for (const role of ROLES) {
      const mayCall = needs === 'signed-in' || roleAllows(role, needs, 'token');
      expected[role] = mayCall ? 'OK' : 'NOT_FOUND';
      if (mayCall) allowed.push(role);
      else answers[role] = await codeOf(call(await web.callerOf(web.tokens[role])));
    }
    expect(await stateNow()).toEqual(before);
    for (const role of allowed) {
      if (changes(name)) await makeSpare(name);
      answers[role] = await codeOf(call(await web.callerOf(web.tokens[role])));
    }
    expect(answers).toEqual(expected);
  });
});

describe('REST routes', () => {
  it('are all in this table, with the same permission', () => {
    expect(Object.fromEntries(ROUTES.map((route) => [route.operationId, route.access]))).toEqual(Object.fromEntries(Object.entries(REST).map(([id, { needs }]) => [id, needs])));
  });

  it.each(Object.keys(REST).filter((name) => REST[name]?.needs !== 'open'))('%s asks for its permission, and outsiders change nothing', async (name) => {
    const { needs, method = 'GET', path, body } = REST[name]!;
    await makeSpare(name);
    const before = await stateNow();
    const nobody = await ask(method, path(), undefined, body?.());
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('www-authenticate')).toContain('Bearer');
    expect((await ask(method, path(), 'sbx_not-a-token', body?.())).status).toBe(401);
    const [allowed, others] = [ROLES.filter((role) => roleAllows(role, needs as Permission, 'token')), ROLES.filter((role) => !roleAllows(role, needs as Permission, 'token'))];
    for (const role of others) expect([role, (await ask(method, path(), web.tokens[role], body?.())).status]).toEqual([role, 404]);
    expect(await stateNow()).toEqual(before);
    for (const role of allowed) {
      if (method !== 'GET') await makeSpare(name);
      expect([role, (await ask(method, path(), web.tokens[role], body?.())).ok]).toEqual([role, true]);
    }
  });

  it('health says one word to outsiders and everything to those who may read it', async () => {
    expect(await (await get('/health')).json()).toEqual({ status: 'ok' });
    expect(await (await get('/health', web.tokens.viewer)).json()).toEqual({ status: 'ok' });
    expect(await (await get('/health', web.tokens.noc)).json()).toHaveProperty('components');
  });
});

describe('bearer tokens', () => {
  it('of receivers open no API', async () => {
    const { secret } = await createToken(web.system, { name: 'receiver', role: 'admin', kind: 'ingest' });
    expect((await get('/flows', secret)).status).toBe(401);
  });

  it('end when revoked or expired', async () => {
    const made = await createToken(web.system, { name: 'short-lived', role: 'viewer' });
    expect((await get('/flows', made.secret)).status).toBe(200);
    await (await web.callerOf(web.tokens.admin)).settings.tokens.revoke({ tokenId: made.token.id });
    expect((await get('/flows', made.secret)).status).toBe(401);
    const expired = await createToken(web.system, { name: 'expired', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' });
    expect((await get('/flows', expired.secret)).status).toBe(401);
  });

  it('are stored as a hash only, and two of one name are refused', async () => {
    const made = await createToken(web.system, { name: 'only once', role: 'viewer' });
    expect(JSON.stringify(await web.db.query.tokens.findMany())).not.toContain(made.secret);
    await expect(createToken(web.system, { name: 'only once', role: 'viewer' })).rejects.toThrow('exists already');
  });
});

describe('scope', () => {
  it('cuts traces to the facilities and payers of the grant', async () => {
    const north = await createToken(web.system, { name: 'north', role: 'engineer', facilities: ['mercy-north'] });
    const south = await createToken(web.system, { name: 'south', role: 'engineer', facilities: ['mercy-south'] });
    const cigna = await createToken(web.system, { name: 'cigna', role: 'engineer', payers: ['cigna'] });
    for (const [token, code] of [[north, 'OK'], [south, 'NOT_FOUND'], [cigna, 'NOT_FOUND']] as const) {
      const caller = await web.callerOf(token.secret);
      expect([token.token.name, await codeOf(caller.traces.byId({ traceId: TRACE })), await codeOf(caller.traces.span({ traceId: TRACE, spanId: SPAN }))]).toEqual([token.token.name, code, code]);
      expect((await caller.flows.byId({ flowId: 'orders' })).recentTraces).toHaveLength(code === 'OK' ? 1 : 0);
    }
  });
});
