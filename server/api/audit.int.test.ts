import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSource } from '@/server/services/sources/create-source';
import { withBox } from './installation-box';
import { handleRest } from './rest/handle-rest';
import { problemSchema } from './rest/problem';
import { auditPageSchema, auditVerificationSchema } from './schemas/audit';
import { startWebUnderTest, type WebUnderTest } from './testing/web-process';

let web: WebUnderTest;
beforeAll(async () => {
  web = await startWebUnderTest();
});
afterAll(() => web.close());

const source = { id: 'erp-db', name: 'ERP', system: { id: 'erp', name: 'ERP' }, kind: 'postgres' as const, settings: { host: 'erp.internal', database: 'erp' } };
const send = (path: string, told: { token?: string; method?: string; body?: unknown } = {}) => handleRest(new Request(`http://signalbox.test/api/v1${path}`, {
  method: told.method ?? 'GET', headers: { authorization: `Bearer ${told.token ?? web.tokens.auditor}`, ...(told.body === undefined ? {} : { 'content-type': 'application/json' }) },
  body: told.body === undefined ? null : JSON.stringify(told.body),
}));
const listed = async (query: string) => auditPageSchema.parse(await (await send(`/audit?${query}`)).json());

describe('the audit trail over REST', () => {
  it('is listed in pages, by filter', async () => {
    await createSource(withBox(web.system), source);
    expect((await listed('action=source')).items).toMatchObject([{ action: 'source.create', subject: 'source:erp-db', actor: 'system:test', outcome: 'done', after: { name: 'ERP' } }]);
    const first = await listed('limit=2');
    const second = await listed(`limit=500&cursor=${first.nextCursor}`);
    expect(second.nextCursor).toBeNull();
    expect([...first.items, ...second.items].map(({ seq }) => Number(seq))).toEqual((await listed('limit=500')).items.map(({ seq }) => Number(seq)));
  });

  it.each([['from=yesterday', /from: must be an instant/], ['action=DROP%20TABLE', /action: must be an action/], ['outcome=maybe', /outcome/], ['cursor=-1', /cursor: must be the number of an event/], ['limit=501', /limit/]])('refuses %s by name', async (query, sentence) => {
    const response = await send(`/audit?${query}`);
    expect([response.status, problemSchema.parse(await response.json()).detail]).toEqual([400, expect.stringMatching(sentence)]);
  });

  it('is verified', async () => {
    const verification = auditVerificationSchema.parse(await (await send('/audit/verification')).json());
    expect(verification).toMatchObject({ state: 'intact', firstBreak: null });
    expect(verification.events).toBe((await listed('limit=1')).items[0]?.seq);
  });
});

describe('who lacks the permission to change something', () => {
  it('leaves an event over REST and over tRPC, and changes nothing', async () => {
    expect((await send('/sources', { token: web.tokens.noc, method: 'POST', body: { ...source, id: 'another-db' } })).status).toBe(404);
    const caller = await web.callerOf(web.tokens.viewer);
    await expect(caller.sources.remove({ sourceId: 'erp-db' })).rejects.toThrow(/do not include sources:manage/);
    expect((await listed('action=access&outcome=refused')).items).toMatchObject([
      { action: 'access.denied', subject: 'call:sources.remove', actor: 'token:token of viewer', reason: 'The roles of token:token of viewer do not include sources:manage.', grants: [{ role: 'viewer' }] },
      { action: 'access.denied', subject: 'call:createSource', actor: 'token:token of noc' },
    ]);
    expect(await web.db.query.sourceConnections.findMany({ columns: { sourceId: true } })).toEqual([{ sourceId: 'erp-db' }]);
  });

  it('leaves none by reading: pages ask for many things', async () => {
    const before = (await listed('limit=1')).items[0]?.seq;
    expect((await send('/audit', { token: web.tokens.viewer })).status).toBe(404);
    await expect((await web.callerOf(web.tokens.viewer)).audit.list({})).rejects.toThrow(/audit:read/);
    expect((await listed('limit=1')).items[0]?.seq).toBe(before);
  });
});
