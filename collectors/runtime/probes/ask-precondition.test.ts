import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Precondition } from '@/server/domain/contracts/flow-schema';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import type { Source } from '@/server/domain/contracts/sources-schema';
import { askPrecondition, type ProbeContext } from './ask-precondition';
import { createHttpClient, type HttpClient } from './http-answer';
import { probeAddress } from './probe-addresses';
import { startRawTarget, startTarget, type Target } from './testing/target';

const NOW = new Date('2026-03-01T03:00:00Z');
const KEY = 'UL00000007-1';
const LOOKUP: Precondition = { check: 'target-absence-proven', probe: { http: 'GET erp-api:/inventory/v2/issues/{usageLine}', absentWhen: [404] } };
const PERIOD: Precondition = { check: 'period-open', probe: { http: 'GET erp-api:/finance/v1/periods/current', openWhen: { '/status': 'open' } } };

let target: Target;
let http: HttpClient;
let stop: AbortController;
beforeAll(async () => { target = await startTarget(); });
afterAll(() => target.close());
beforeEach(() => {
  http = createHttpClient();
  stop = new AbortController();
  target.asked.length = 0;
});
afterEach(() => http.close());

const declared = (probe: string): Source[] => {
  const { documents, problems } = parseContractFile('sources.yaml', `apiVersion: signalbox/v1\nkind: Sources\nsystems: [{ id: erp, name: ERP }]\nsources:\n  - { id: erp-api, system: erp, kind: http${probe} }\n  - { id: erp-db, system: erp, kind: postgres }\n`);
  expect(problems).toEqual([]);
  return documents.flatMap(({ body }) => (body.kind === 'Sources' ? body.sources : []));
};

interface Around extends Partial<ProbeContext> { at?: string; more?: string; env?: Record<string, string>; fields?: Record<string, string> }

function ask(precondition: Precondition, { at = target.url, more = '', env = {}, fields = { usageLine: KEY }, ...context }: Around = {}) {
  const sources = declared(`, probe: { url: "${at}"${more} }`);
  return askPrecondition(precondition, (name) => fields[name], {
    http, signal: stop.signal, now: () => NOW, addressOf: (id) => probeAddress(id, sources, env),
    countRows: async () => { throw new Error('not asked'); }, hasReached: async () => { throw new Error('not asked'); }, ...context,
  });
}
const json = (status: number, body: unknown) => target.answer((response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)));

describe('a target that is asked over HTTP', () => {
  it('is asked by the encoded key of the message, and its answer is the verdict', async () => {
    json(404, {});
    expect(await ask(LOOKUP, { fields: { usageLine: 'UL 7?x=1#2' } })).toEqual({ holds: true, evidence: 'erp-api answered 404: the target does not have it (target-absence-proven).', askedAt: NOW });
    expect(target.asked.map(({ method, path }) => [method, path])).toEqual([['GET', '/inventory/v2/issues/UL%207%3Fx%3D1%232']]);
  });

  it('is asked anew each time: what was absent may be there a moment later', async () => {
    let times = 0;
    target.answer((response) => response.writeHead(times++ === 0 ? 404 : 200).end());
    expect([(await ask(LOOKUP)).holds, (await ask(LOOKUP)).holds, (await ask(LOOKUP)).holds]).toEqual([true, false, false]);
    expect(times).toBe(3);
  });

  it('is not asked where the message lacks the key or its key is hostile', async () => {
    for (const fields of [{}, { usageLine: '' }, { usageLine: '../../admin' }, { usageLine: `${KEY}\r\nx-evil: 1` }, { usageLine: '..' }, { usageLine: KEY.repeat(100) }] as Record<string, string>[]) {
      const { holds, evidence } = await ask(LOOKUP, { fields });
      expect(holds).toBe(false);
      expect(evidence).toMatch(/, so target-absence-proven is not proven\.$/);
      for (const value of Object.values(fields)) if (value !== '' && value !== '..') expect(evidence).not.toContain(value);
    }
    expect(target.asked).toEqual([]);
  });

  it('is sent the token and headers of the source, and nothing of them is told', async () => {
    target.answer((response, request) => response.writeHead(request.headers.authorization === 'Bearer s3cret' ? 404 : 401).end());
    const more = ', bearer: { env: ERP_TOKEN }, headers: { x-client: signalbox, x-api-key: { env: ERP_KEY } }';
    const env = { ERP_TOKEN: 's3cret', ERP_KEY: 'k3y' };
    expect((await ask(LOOKUP, { more, env })).holds).toBe(true);
    expect(target.asked[0]?.headers).toMatchObject({ authorization: 'Bearer s3cret', 'x-client': 'signalbox', 'x-api-key': 'k3y', accept: 'application/json' });

    const wrong = await ask(LOOKUP, { more, env: { ...env, ERP_TOKEN: 'wr0ng' } });
    expect(wrong.evidence).toBe('erp-api answered 401, which is no answer to the question, so target-absence-proven is not proven.');
    const missing = await ask(LOOKUP, { more, env: { ERP_KEY: 'k3y' } });
    expect(missing.evidence).toContain('erp-api cannot be asked (The environment variable ERP_TOKEN');
    const broken = await ask(LOOKUP, { more, env: { ...env, ERP_TOKEN: 's3cret\nsecond line' } });
    expect(broken.evidence).toMatch(/token or password for erp-api holds characters that a request cannot carry/);
    for (const { evidence } of [wrong, missing, broken]) expect(evidence).not.toMatch(/s3cret|wr0ng|k3y/);
  });

  it('may want user and password, and lie behind a path', async () => {
    target.answer((response) => response.writeHead(404).end());
    expect((await ask(LOOKUP, { at: `${target.url}/erp/`, more: ', user: probe, password: { env: P }', env: { P: 'pa:ss' } })).holds).toBe(true);
    expect(target.asked[0]).toMatchObject({ path: `/erp/inventory/v2/issues/${KEY}`, headers: { authorization: `Basic ${Buffer.from('probe:pa:ss').toString('base64')}` } });
  });

  it.each([
    ['a redirect', (url: string) => target.answer((response) => response.writeHead(302, { location: `${url}/elsewhere` }).end()), /erp-api answered 302, which sends us elsewhere/],
    ['a refusal', () => json(403, {}), /erp-api answered 403, which is no answer/],
    ['a failure', () => json(500, { status: 'open' }), /erp-api answered 500, which is no answer/],
    ['something other than JSON', () => target.answer((response) => response.writeHead(200).end('<html>')), /but with something other than JSON/],
    ['JSON that breaks off', () => target.answer((response) => response.writeHead(200).end('{"status": "open"')), /but with something other than JSON/],
    ['bytes that are no text', () => target.answer((response) => response.writeHead(200).end(Buffer.from([0x22, 0xff, 0x22]))), /but with something other than JSON/],
    ['nothing', () => target.answer((response) => response.writeHead(200).end()), /but with something other than JSON/],
    ['a compressed body', () => target.answer((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"status":"open"}'))), /body that is compressed/],
    ['a body without end', () => target.answer((response) => {
      response.writeHead(200);
      const pour = (): void => { while (!response.destroyed && response.write('x'.repeat(16_384))); };
      response.on('drain', pour);
      pour();
    }), /but with more than 64 KiB/],
    ['a connection that is cut', () => target.answer((response) => response.destroy()), /erp-api cut the connection before it answered/],
    ['a body that is cut', () => target.answer((response) => { response.writeHead(200, { 'content-length': 100 }).write('{'); response.destroy(); }), /erp-api cut the connection before it answered|broke off/],
  ])('proves nothing by %s', async (_, prepare, evidence) => {
    prepare(target.url);
    const verdict = await ask(PERIOD);
    expect(verdict.holds).toBe(false);
    expect(verdict.evidence).toMatch(evidence);
    expect(verdict.evidence).toMatch(/, so period-open is not proven\.$/);
    expect(target.asked.map(({ path }) => path)).toEqual(['/finance/v1/periods/current']);
  });

  it('that does not answer, or begins and does not end, is given up after the time of its source', async () => {
    target.answer(() => undefined);
    expect((await ask(LOOKUP, { more: ', timeoutSeconds: 1' })).evidence).toBe('erp-api did not answer within 1 s, so target-absence-proven is not proven.');
    target.answer((response) => response.writeHead(200).write('{"status":'));
    expect((await ask(PERIOD, { more: ', timeoutSeconds: 1' })).evidence).toBe('erp-api did not answer within 1 s, so period-open is not proven.');
  });

  it('is not waited for once the operation is stopped', async () => {
    target.answer(() => stop.abort());
    expect((await ask(LOOKUP, { more: ', timeoutSeconds: 10' })).evidence).toBe('erp-api was not asked to the end, because the operation was stopped, so target-absence-proven is not proven.');
  });

  it('is asked once more, on a new connection, where it closes one that was kept open', async () => {
    const used = new Set<Socket>();
    const cut = { times: 0 };
    target.answer((response, { socket }) => {
      if (used.has(socket)) {
        cut.times += 1;
        return socket.destroy();
      }
      used.add(socket);
      response.writeHead(404, { 'content-length': 0 }).end();
    });
    // A connection is free for the next question once its answer was read to the end.
    while (cut.times < 3) expect((await ask(LOOKUP)).holds).toBe(true);
  });

  it.each([
    ['garbage', 'SSH-2.0-OpenSSH_9.6\r\n', true, /erp-api answered with something other than HTTP|cut the connection/],
    ['headers without end', `HTTP/1.1 404 Not Found\r\n${'x: y\r\n'.repeat(10_000)}`, false, /erp-api answered with something other than HTTP/],
    ['a status line alone', 'HTTP/1.1 404 Not Found\r\n', true, /erp-api cut the connection before it answered|something other than HTTP/],
    ['nothing', '', true, /erp-api cut the connection before it answered/],
  ])('that says %s has not answered', async (_, bytes, hangsUp, evidence) => {
    const raw = await startRawTarget(bytes, { hangsUp });
    const verdict = await ask(LOOKUP, { at: raw.url });
    await raw.close();
    expect(verdict.holds).toBe(false);
    expect(verdict.evidence).toMatch(evidence);
  });

  it('where nothing listens, or whose name is not known, has not answered', async () => {
    const gone = await startTarget();
    await gone.close();
    expect((await ask(LOOKUP, { at: gone.url })).evidence).toBe('erp-api refused the connection: nothing listens at the address of its probe, so target-absence-proven is not proven.');
    expect((await ask(LOOKUP, { at: 'http://nowhere.invalid' })).evidence).toBe('erp-api cannot be found: the name in the address of its probe is not known, so target-absence-proven is not proven.');
    expect((await ask(LOOKUP, { at: target.url.replace('http:', 'https:') })).evidence).toMatch(/^erp-api could not prove who it is \(\w+\)/);
  });

  it('is never asked for more than a HEAD tells', async () => {
    json(200, { status: 'open' });
    expect((await ask({ check: 'period-open', probe: { http: 'HEAD erp-api:/finance/v1/periods/current', openWhen: { '/status': 'open' } } })).evidence).toMatch(/a HEAD request brings no body/);
    json(404, {});
    expect((await ask({ check: 'target-absence-proven', probe: { http: 'HEAD erp-api:/x/{usageLine}', absentWhen: [404] } })).holds).toBe(true);
    expect(target.asked.map(({ method }) => method)).toEqual(['HEAD', 'HEAD']);
  });
});

describe('a precondition that cannot be asked', () => {
  it.each([
    ['has no probe', { check: 'within-filing-window' }, /^The contract demands within-filing-window and names no probe for it\./],
    ['asks a source that is gone', { check: 'not-voided', probe: { http: 'GET billing-api:/x', absentWhen: [404] } }, /^No source "billing-api" is declared any more, so not-voided/],
    ['asks a database by a path', { check: 'not-voided', probe: { http: 'GET erp-db:/x', absentWhen: [404] } }, /^erp-db is no http source/],
    ['asks by a statement that is none', { check: 'not-voided', probe: { source: 'erp-db', sql: `SELECT FROM void WHERE line = '{usageLine}'`, absentWhen: 'no-rows' } }, /inside quotes or a comment/],
  ] as [string, Precondition, RegExp][])('because it %s does not hold', async (_, precondition, evidence) => {
    const verdict = await ask(precondition);
    expect(verdict).toMatchObject({ holds: false, evidence: expect.stringMatching(evidence), askedAt: NOW });
    expect(target.asked).toEqual([]);
  });

  it('because its source has no address does not hold, and says what to add', async () => {
    const sources = declared('');
    expect((await ask(LOOKUP, { addressOf: (id) => probeAddress(id, sources, {}) })).evidence).toBe('erp-api has no address to be asked at: add "probe" with its url to the Sources document, so target-absence-proven is not proven.');
  });

  it('because something unforeseen happens does not hold, and quotes nothing', async () => {
    const verdict = await ask(LOOKUP, { addressOf: async () => { throw new Error(`no ${KEY}`); } });
    expect(verdict).toEqual({ holds: false, evidence: 'The question failed inside Signalbox, so target-absence-proven is not proven.', askedAt: NOW });
    expect((await askPrecondition(LOOKUP, () => { throw new Error(KEY); }, { http, signal: stop.signal, now: () => NOW, addressOf: async () => ({ problem: '' }), countRows: async () => 0, hasReached: async () => false })).holds).toBe(false);
  });
});

describe('a statement and a step of the case', () => {
  const SQL = (absentWhen: 'rows' | 'no-rows'): Precondition => ({ check: 'target-absence-proven', probe: { source: 'erp-db', sql: 'SELECT FROM issue WHERE line = {usageLine}', absentWhen } });
  const STEP = (reached: boolean): Precondition => ({ check: 'ack-rejected', probe: { caseStep: { process: 'charge-to-cash', step: 'accepted', reached } } });

  it.each([
    ['no-rows', 0, true, 'erp-db has no such row: the target does not have it (target-absence-proven).'],
    ['no-rows', 1, false, 'erp-db has such a row: the target already has it (target-absence-proven).'],
    ['rows', 1, true, 'erp-db has such a row: the target does not have it (target-absence-proven).'],
    ['rows', 0, false, 'erp-db has no such row: the target already has it (target-absence-proven).'],
  ] as const)('absentWhen %s, %i found', async (absentWhen, found, holds, evidence) => {
    const asked: unknown[] = [];
    const verdict = await ask(SQL(absentWhen), { countRows: async (...question) => { asked.push(question.slice(0, 3)); return found; } });
    expect(verdict).toEqual({ holds, evidence, askedAt: NOW });
    expect(asked).toEqual([['erp-db', 'SELECT FROM issue WHERE line = $1', [KEY]]]);
  });

  it('gives the sentence of a database that cannot be asked', async () => {
    expect((await ask(SQL('no-rows'), { countRows: async () => { throw new Error('Nothing listens at db:5432. Check address and port.'); } })).evidence)
      .toBe('erp-db gave no answer (Nothing listens at db:5432. Check address and port), so target-absence-proven is not proven.');
  });

  it.each([
    [true, true, true, 'Traces show that the case has reached "accepted": the receiver has rejected it (ack-rejected).'],
    [true, false, false, 'No trace shows that the case has reached "accepted": the receiver has not rejected it (ack-rejected).'],
    [false, false, true, 'No trace shows that the case has reached "accepted": the receiver has rejected it (ack-rejected).'],
    [false, true, false, 'Traces show that the case has reached "accepted": the receiver has not rejected it (ack-rejected).'],
  ])('reached: %s, in traces: %s', async (reached, found, holds, evidence) => {
    expect(await ask(STEP(reached), { hasReached: async () => found })).toEqual({ holds, evidence, askedAt: NOW });
  });

  it('does not hold where traces cannot tell', async () => {
    expect((await ask(STEP(false), { hasReached: async () => ({ problem: 'The message has no claim, by which its case is found' }) })).evidence).toBe('The message has no claim, by which its case is found, so ack-rejected is not proven.');
    expect((await ask(STEP(false), { hasReached: async () => { throw new Error(KEY); } })).evidence).toBe('ClickHouse, which keeps the traces, gave no answer, so ack-rejected is not proven.');
  });
});
