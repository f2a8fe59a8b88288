import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, roleAllows, type Permission, type Role } from '@/server/domain/roles/permissions';
import { flowContract, hex, plantContracts, plantSpans } from '@/server/services/testing/planted';
import { createToken } from '@/server/services/tokens/create-token';
import { handleRest } from './rest/handle-rest';
import { ROUTES } from './rest/routes';
import { appRouter, type createCaller } from './root';
import { startWebUnderTest, type WebUnderTest } from './testing/web-process';

type Caller = ReturnType<typeof createCaller>;

const TRACE = hex(0xabc, 32);
const SPAN = hex(0xdef, 16);
let web: WebUnderTest;
let spareToken: string;

beforeAll(async () => {
  web = await startWebUnderTest();
  await plantContracts(web.db, [flowContract('orders')]);
  await plantSpans(web.clickhouse, [{ traceId: TRACE, spanId: SPAN, atMs: Date.now() - 5_000, flowId: 'orders', hopId: 'work', leg: 'leave', facilityId: 'mercy-north', payerId: 'aetna' }]);
});
afterAll(() => web.close());

/** Every procedure with the permission it must ask for, and a call that succeeds for whoever holds it. */
const PROCEDURES: Record<string, { needs: Permission | 'signed-in'; call(caller: Caller): Promise<unknown> }> = {
  'flows.overview': { needs: 'flows:read', call: (caller) => caller.flows.overview() },
  'flows.byId': { needs: 'flows:read', call: (caller) => caller.flows.byId({ flowId: 'orders' }) },
  'traces.byId': { needs: 'traces:read', call: (caller) => caller.traces.byId({ traceId: TRACE }) },
  'traces.span': { needs: 'traces:read', call: (caller) => caller.traces.span({ traceId: TRACE, spanId: SPAN }) },
  'system.health': { needs: 'system:read', call: (caller) => caller.system.health() },
  'me.get': { needs: 'signed-in', call: (caller) => caller.me.get() },
  'settings.tokens.list': { needs: 'tokens:read', call: (caller) => caller.settings.tokens.list() },
  'settings.tokens.create': { needs: 'tokens:manage', call: (caller) => caller.settings.tokens.create({ name: `made ${Math.random()}`, role: 'viewer' }) },
  'settings.tokens.revoke': { needs: 'tokens:manage', call: (caller) => caller.settings.tokens.revoke({ tokenId: spareToken }) },
};

const REST: Record<string, { needs: Permission | 'open'; path: string }> = {
  readHealth: { needs: 'open', path: '/health' },
  listFlows: { needs: 'flows:read', path: '/flows' },
  readFlow: { needs: 'flows:read', path: '/flows/orders' },
  readTrace: { needs: 'traces:read', path: `/traces/${TRACE}` },
};

const tokensNow = () => web.db.query.tokens.findMany({ columns: { id: true, name: true, revokedAt: true }, orderBy: (row, { asc }) => asc(row.id) });

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'OK';
  } catch (error) {
    if (error instanceof TRPCError) return error.code;
    throw error;
  }
}

const get = (path: string, token?: string) => handleRest(new Request(`http://signalbox.test/api/v1${path}`, { headers: token ? { authorization: `Bearer ${token}` } : {} }));

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
    spareToken = (await createToken(web.system, { name: `spare for ${name}`, role: 'viewer' })).token.id;
    const before = await tokensNow();
    answers.nobody = await codeOf(call(await web.callerOf(null)));
    const allowed: Role[] = [];
    for (const role of ROLES) {
      const mayCall = needs === 'signed-in' || roleAllows(role, needs, 'token');
      expected[role] = mayCall ? 'OK' : 'NOT_FOUND';
      if (mayCall) allowed.push(role);
      else answers[role] = await codeOf(call(await web.callerOf(web.tokens[role])));
    }
    expect(await tokensNow()).toEqual(before);
    for (const role of allowed) {
      answers[role] = await codeOf(call(await web.callerOf(web.tokens[role])));
    }
    expect(answers).toEqual(expected);
  });
});

describe('REST routes', () => {
  it('are all in this table, with the same permission', () => {
    expect(Object.fromEntries(ROUTES.map((route) => [route.operationId, route.access]))).toEqual(Object.fromEntries(Object.entries(REST).map(([id, { needs }]) => [id, needs])));
  });

  it.each(Object.values(REST).filter(({ needs }) => needs !== 'open'))('GET $path asks for $needs', async ({ needs, path }) => {
    const nobody = await get(path);
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('www-authenticate')).toContain('Bearer');
    expect((await get(path, 'sbx_not-a-token')).status).toBe(401);
    const answers = await Promise.all(ROLES.map(async (role) => [role, (await get(path, web.tokens[role])).status] as const));
    expect(answers).toEqual(ROLES.map((role) => [role, roleAllows(role, needs as Permission, 'token') ? 200 : 404]));
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
