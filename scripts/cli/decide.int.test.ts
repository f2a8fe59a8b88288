import superjson from 'superjson';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { handleTrpc } from '@/server/api/handle-trpc';
import { handleRest } from '@/server/api/rest/handle-rest';
import { makePerson, startWebUnderTest, type WebUnderTest } from '@/server/api/testing/web-process';
import { sessionCookieOf } from '@/server/auth/testing/session-cookie-of';
import type { Person } from '@/server/domain/roles/actor';
import { confirmOperation } from '@/server/services/operations/confirm-operation';
import { requestOperation } from '@/server/services/operations/request-operation';
import { item, leverFlow, planIt, replayRequest } from '@/server/services/operations/testing/planned-operations';
import { plantContracts } from '@/server/services/testing/planted';
import { loadUserActor } from '@/server/services/users/user-grants';
import { schema } from '@/server/store/postgres';
import { runCli, type CliResult } from './run-cli';

let web: WebUnderTest;
let cookie: string;
/** Somebody who asks, in the browser. */
let asker: { actor: Person; cookie: string };

beforeAll(async () => {
  web = await startWebUnderTest();
  await plantContracts(web.db, [leverFlow()]);
  const { id: askerId } = await makePerson(web, 'nora@hospital.example', { roles: ['engineer'] });
  asker = { actor: (await loadUserActor(web.db, askerId))!, cookie: await sessionCookieOf(askerId) };
  cookie = await sessionCookieOf((await makePerson(web, 'grace@hospital.example', { roles: ['approver'] })).id);
});
afterAll(() => web.close());

async function waiting(): Promise<{ id: string; planHash: string }> {
  await web.db.delete(schema.channelLocks);
  const request = replayRequest(new Date());
  const { actor } = asker;
  await requestOperation({ ...web.system, actor }, request);
  const planHash = await planIt(web.db, request.id, new Date(), { items: [item(`item-${request.id}`)] });
  await confirmOperation({ ...web.system, actor }, { id: request.id, planHash, reason: 'the fault is repaired' });
  return { id: request.id, planHash };
}

/** The browser's call, as HTTP. */
async function post(procedure: string, input: unknown, headers: Record<string, string>): Promise<{ status: number; body: string; data: () => Record<string, unknown> }> {
  const response = await handleTrpc(new Request(`http://signalbox.test/api/trpc/${procedure}`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(superjson.serialize(input)),
  }));
  const body = await response.text();
  return { status: response.status, body, data: () => superjson.deserialize((JSON.parse(body) as { result: { data: Parameters<typeof superjson.deserialize>[0] } }).result.data) };
}
const browser = (as = cookie) => ({ cookie: as, origin: 'http://signalbox.test', host: 'signalbox.test' });

/** Begins the command, and answers the code that it shows while it waits. */
async function terminal(...argv: string[]): Promise<{ code: string; told: string; ended: Promise<CliResult> }> {
  let tell: (text: string) => void = () => undefined;
  const shown = new Promise<string>((resolve) => { tell = resolve; });
  const env = { DATABASE_URL: process.env.DATABASE_URL, CLICKHOUSE_URL: process.env.CLICKHOUSE_URL, NEXTAUTH_URL: 'http://signalbox.test' };
  const ended = runCli(argv, env, undefined, (text) => tell(text));
  const told = await Promise.race([shown, ended.then(({ stderr }) => stderr)]);
  return { told, code: /[A-Z]{4}-[A-Z]{4}/.exec(told)?.[0] ?? '', ended };
}

it('approve shows a code, and ends when a signed-in person has agreed in the browser; no token can', async () => {
  const { id, planHash } = await waiting();
  const { told, code, ended } = await terminal('approve', id, '--comment', 'as agreed');
  expect(told).toContain(`To approve operation ${id}, plan ${planHash.slice(0, 12)}, sign in and open\n  http://signalbox.test/device\nand enter the code\n  ${code}\n`);
  const bearer = { authorization: `Bearer ${web.tokens.approver}` };
  expect((await post('device.lookUp', { userCode: code }, bearer)).status).toBe(404);
  const rest = new Request(`http://signalbox.test/api/v1/operations/${id}/approve`, { method: 'POST', headers: { ...bearer, 'content-type': 'application/json' }, body: JSON.stringify({ planHash }) });
  expect((await handleRest(rest)).status).toBe(404);
  expect((await post('device.lookUp', { userCode: code }, { cookie, origin: 'http://evil.test' })).status).toBe(403);

  const seen = (await post('device.lookUp', { userCode: code }, browser())).data();
  expect(seen).toMatchObject({ act: 'approve', planHash, words: 'as agreed' });
  const decision = { requestId: seen.id, userCode: code, planHash, grant: true };
  expect((await post('device.decide', decision, bearer)).status).toBe(404);
  expect((await post('device.decide', decision, browser())).data()).toEqual({ granted: true });
  expect(await ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Decided by user:grace@hospital.example.\nreplay of Flow charges') });
  expect((await web.db.query.operations.findFirst({ where: (row, { eq }) => eq(row.id, id) }))).toMatchObject({ state: 'approved', approvedBy: 'user:grace@hospital.example' });
});

it('says with words and exit code when it was refused, is asked for another plan, or lacks a reason', async () => {
  const { id } = await waiting();
  const { code, ended } = await terminal('reject', id, '--reason', 'not tonight');
  const seen = (await post('device.lookUp', { userCode: code }, browser())).data();
  await post('device.decide', { requestId: seen.id, userCode: code, planHash: seen.planHash, grant: false }, browser());
  expect(await ended).toMatchObject({ exitCode: 1, stderr: 'user:grace@hospital.example refused it in the browser.' });
  expect(await (await terminal('approve', id, '--hash', 'f'.repeat(64))).ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('The plan is another one') });
  expect(await (await terminal('reject', id)).ended).toMatchObject({ exitCode: 2, stderr: '--reason is missing. See --help.' });
});

it('what needs two people is confirmed as the person who enters the code, and approved by another', async () => {
  await web.db.delete(schema.channelLocks);
  const request = replayRequest(new Date());
  await requestOperation(web.system, request);
  const planHash = await planIt(web.db, request.id, new Date(), { items: [item(`item-${request.id}`)] });
  const { code, ended } = await terminal('confirm', request.id, '--hash', planHash, '--reason', 'the fault is repaired', '--ticket', 'INC-7');
  expect((await post('device.lookUp', { userCode: code }, browser())).status).toBe(404);
  const seen = (await post('device.lookUp', { userCode: code }, browser(asker.cookie))).data();
  expect(seen).toMatchObject({ act: 'confirm', planHash, words: 'the fault is repaired', ticket: 'INC-7' });
  await post('device.decide', { requestId: seen.id, userCode: code, planHash, grant: true }, browser(asker.cookie));
  expect(await ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('awaiting-approval') });
  expect(await web.db.query.operations.findFirst({ where: (row, { eq }) => eq(row.id, request.id) })).toMatchObject({ firstBy: 'user:nora@hospital.example', owner: 'user:nora@hospital.example' });
});
