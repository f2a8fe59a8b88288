import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sessionCookieOf } from '@/server/auth/testing/session-cookie-of';
import { SOURCES, flowText } from '@/server/domain/contracts/testing/contract-texts';
import { schema } from '@/server/store/postgres';
import { handleTrpc } from './handle-trpc';
import { handleRest } from './rest/handle-rest';
import { problemSchema } from './rest/problem';
import { checkedDraftSchema, consoleDocumentDetailSchema, consoleDocumentPageSchema } from './schemas/contracts';
import { sourcePageSchema, sourceRequestSchema, sourceSchema } from './schemas/sources';
import { makePerson, startWebUnderTest, type WebUnderTest } from './testing/web-process';

let web: WebUnderTest;
beforeAll(async () => {
  web = await startWebUnderTest();
});
afterAll(() => web.close());
beforeEach(async () => {
  for (const table of [schema.sourceConnections, schema.sourceRequests, schema.consoleDocuments]) await web.db.delete(table);
});

const PASSWORD = 'correct horse battery staple';
const database = (id: string, told: object = {}) => ({
  id, name: `Database ${id}`, system: { id: 'erp', name: 'ERP' }, kind: 'postgres', settings: { host: `${id}.internal`, database: 'erp' }, observe: { user: 'signalbox', password: PASSWORD }, ...told,
});
const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => handleRest(new Request(`http://signalbox.test/api/v1${path}`, {
  method, headers: { authorization: `Bearer ${web.tokens.admin}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
}));
const problemOf = async (response: Response) => problemSchema.parse(await response.json());
const stored = () => web.db.query.sourceConnections.findMany();

describe('sources over REST', () => {
  it('are added, read, changed, tested and removed', async () => {
    const made = await send('POST', '/sources', database('erp-db'));
    expect(made.status).toBe(201);
    expect(sourceSchema.parse(await made.json())).toMatchObject({ id: 'erp-db', observeUser: 'signalbox', revision: 1 });
    await send('POST', '/sources', database('another-db'));
    const page = sourcePageSchema.parse(await (await send('GET', '/sources?limit=1')).json());
    expect([page.items.map(({ id }) => id), page.nextCursor]).toEqual([['another-db'], 'another-db']);
    expect(sourcePageSchema.parse(await (await send('GET', '/sources?cursor=another-db')).json())).toMatchObject({ items: [{ id: 'erp-db' }], nextCursor: null });

    const changed = await send('PUT', '/sources/erp-db', { revision: 1, source: database('erp-db', { name: 'ERP', observe: { user: 'signalbox' } }) });
    expect(sourceSchema.parse(await changed.json())).toMatchObject({ name: 'ERP', revision: 2 });
    const again = await send('PUT', '/sources/erp-db', { revision: 1, source: database('erp-db') });
    expect([again.status, (await problemOf(again)).detail]).toEqual([409, expect.stringContaining('token:token of admin changed "ERP"')]);

    for (const [path, body] of [['/sources/erp-db/test'], ['/sources/erp-db/discover'], ['/source-tests', database('new-db')]] as const) {
      const asked = await send('POST', path, body);
      const request = sourceRequestSchema.parse(await asked.json());
      expect([asked.status, request.state]).toEqual([202, 'waiting']);
      expect(sourceRequestSchema.parse(await (await send('GET', `/source-requests/${request.id}`)).json())).toEqual(request);
    }
    expect((await send('DELETE', '/sources/erp-db')).status).toBe(200);
    expect((await send('GET', '/sources/erp-db')).status).toBe(404);
  });

  it('name every field that is wrong, and repeat no value', async () => {
    const response = await send('POST', '/sources', database('Not An Id', { settings: { host: '', port: 0, database: 'x' }, observe: { user: '', password: PASSWORD } }));
    const { issues, type } = await problemOf(response);
    expect([response.status, type]).toEqual([400, 'urn:signalbox:problem:invalid']);
    expect(issues?.map(({ field }) => field)).toEqual(['id', 'observe.user', 'settings.host', 'settings.port']);
    const other = await problemOf(await send('PUT', '/sources/x', { revision: 1, source: database('y') }));
    expect(other.issues?.map(({ field }) => field)).toEqual(['source.id']);
    const broken = await send('POST', '/sources', `{"observe":{"password":"${PASSWORD}"`);
    expect([broken.status, await broken.text()]).toEqual([400, expect.not.stringContaining('horse')]);
  });
});

describe('contracts over REST', () => {
  it('are checked, activated, read and removed', async () => {
    await send('POST', '/sources', database('erp-db'));
    const yaml = flowText({ id: 'usage', channel: '{ source: erp-db, kind: table, table: usage }' });
    expect(checkedDraftSchema.parse(await (await send('POST', '/contracts/validate', { yaml: yaml.replace('erp-db', 'nowhere') })).json()).problems).toEqual([expect.objectContaining({ line: 8, rule: 'source-unknown' })]);
    const refused = await problemOf(await send('POST', '/contracts/console', { yaml: SOURCES }));
    expect([refused.status, refused.issues?.map(({ line, rule }) => `${line} ${rule}`)]).toEqual([400, ['2 console-flow']]);
    expect(consoleDocumentDetailSchema.parse(await (await send('POST', '/contracts/console', { yaml })).json())).toMatchObject({ id: 'usage', revision: 1, yaml });
    expect(consoleDocumentPageSchema.parse(await (await send('GET', '/contracts/console')).json()).items).toHaveLength(1);
    expect((await send('DELETE', '/sources/erp-db')).status).toBe(409);
    expect((await send('DELETE', '/contracts/console/usage')).status).toBe(200);
    expect((await send('GET', '/contracts/console/usage')).status).toBe(404);
  });
});

describe('what changes something', () => {
  it.each<[string, string, unknown, Record<string, string>, number, string]>([
    ['form data', 'POST', 'id=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported-media-type'],
    ['text that is JSON', 'POST', '{}', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
    ['no type', 'POST', undefined, {}, 415, 'unsupported-media-type'],
    ['more than a mebibyte', 'POST', JSON.stringify('x'.repeat(1024 * 1024)), {}, 413, 'too-large'],
    ['no object', 'POST', '[]', {}, 400, 'invalid'],
    ['another method', 'PATCH', '{}', {}, 405, 'method-not-allowed'],
  ])('takes no %s', async (_, method, body, headers, status, code) => {
    const response = await send(method, '/sources', body, headers);
    expect([response.status, (await problemOf(response)).type]).toEqual([status, `urn:signalbox:problem:${code}`]);
    expect(await stored()).toEqual([]);
  });

  it('stops reading a body without end', async () => {
    let chunks = 0;
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => { chunks += 1; controller.enqueue(new Uint8Array(65_536)); } });
    const response = await handleRest(new Request('http://signalbox.test/api/v1/sources', {
      method: 'POST', headers: { authorization: `Bearer ${web.tokens.admin}`, 'content-type': 'application/json' }, body: endless, duplex: 'half',
    } as RequestInit));
    expect(response.status).toBe(413);
    expect(chunks).toBeLessThan(25);
  });

  it('says which methods there are', async () => {
    expect((await send('PATCH', '/sources')).headers.get('allow')).toBe('GET, HEAD, POST');
    expect((await send('PUT', '/sources/x/test', {})).headers.get('allow')).toBe('POST');
    expect((await send('HEAD', '/sources')).status).toBe(200);
  });

  it('is never done by the cookie of a signed-in person, wherever the request comes from', async () => {
    const { id } = await makePerson(web, 'admin@hospital.example', { roles: ['admin'] });
    const cookie = await sessionCookieOf(id);
    const asPerson = (method: string, path: string, headers: Record<string, string> = {}) => handleRest(new Request(`http://signalbox.test/api/v1${path}`, {
      method, headers: { cookie, 'content-type': 'application/json', ...headers }, body: method === 'GET' ? null : JSON.stringify(database('forged')),
    }));
    expect((await asPerson('GET', '/sources')).status).toBe(200);
    for (const origin of ['https://evil.example', 'http://signalbox.test']) expect((await asPerson('POST', '/sources', { origin, 'sec-fetch-site': 'same-origin' })).status).toBe(401);
    expect((await asPerson('DELETE', '/sources/erp-db')).status).toBe(401);
    expect((await asPerson('POST', '/sources', { authorization: 'Basic x' })).status).toBe(401);
    expect(await stored()).toEqual([]);
  });

  it('tells pages the fields as well', async () => {
    const response = await handleTrpc(new Request('http://signalbox.test/api/trpc/sources.create', {
      method: 'POST', headers: { authorization: `Bearer ${web.tokens.admin}`, 'content-type': 'application/json' }, body: JSON.stringify({ json: database('x', { settings: { host: 'x', database: '' } }) }),
    }));
    expect(await response.json()).toMatchObject({ error: { json: { data: { code: 'BAD_REQUEST', issues: [{ field: 'settings.database', message: 'must not be empty' }] } } } });
    expect(await stored()).toEqual([]);
  });
});
