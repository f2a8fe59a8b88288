import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failedMessage } from '@/collectors/runtime/evaluators/tap-facts.builder';
import { failedRow } from '@/collectors/runtime/taps/tap-rows';
import { handleRest } from '@/server/api/rest/handle-rest';
import { failedMessagePageSchema, failureReasonsSchema } from '@/server/api/schemas/failures';
import { startWebUnderTest, type WebUnderTest } from '@/server/api/testing/web-process';
import type { Scope } from '@/server/domain/roles/scope';
import { flowContract, plantContracts } from '../testing/planted';
import { countFailuresByReason } from './count-failures-by-reason';
import { listFailedMessages } from './list-failed-messages';

const NOW = Date.now();
const DEAD = 'broker:queue:/:claims.dead';
const FACILITIES = ['mercy-north', 'mercy-south', ''];
let web: WebUnderTest;

beforeAll(async () => {
  web = await startWebUnderTest();
  await plantContracts(web.db, [flowContract('claims'), flowContract('orders')]);
  const failure = (n: number) => failedMessage({
    sourceId: 'broker', channelId: DEAD, originChannelId: 'broker:queue:/:claims.work', itemKey: `m-${String(n).padStart(2, '0')}`,
    // Pairs share their instant: a page must not break between them and lose one.
    failedAt: NOW - Math.floor(n / 2) * 1_000 - 1_000, originExchange: 'claims', originRoutingKey: 'claim.new', sizeBytes: 900,
    deaths: [{ queue: 'claims.work', reason: 'rejected', count: '9007199254740993', exchange: 'claims', routingKeys: ['claim.new'], time: '2026-11-20T10:00:00Z' }],
    mapped: {
      flowId: 'claims', hopId: 'work', messageId: `msg-${n}`, facilityId: FACILITIES[n % 3] ?? '', payerId: n % 2 === 0 ? 'aetna' : 'cigna', reason: n % 5 === 0 ? '' : 'ITEM_NOT_MAPPED',
      caseToken: 'b5c1e6f0', caseLabel: 'CLM…41', amount: '1234.5000', currency: 'USD', contractVersion: '1.0.0',
    },
  });
  const failures = Array.from({ length: 30 }, (_, n) => failure(n));
  await web.clickhouse.insertRows('failed_messages', [
    ...failures.map((one) => failedRow(one, 1n)),
    ...failures.map((one) => failedRow(one, 2n)),
    failedRow({ ...failure(3), state: 'resolved', seenAt: NOW }, 2n),
    failedRow({ ...failure(90), failedAt: NOW - 40 * 24 * 3_600_000, seenAt: NOW - 40 * 24 * 3_600_000 }, 1n),
    failedRow({ ...failure(91), mapped: { ...failure(91).mapped, flowId: 'orders' } }, 1n),
  ]);
});
afterAll(() => web.close());

const as = (...scopes: Scope[]) => ({
  ...web.system, actor: { kind: 'user' as const, id: 'u', email: 'a@hospital.example', name: 'A', grants: scopes.map((scope) => ({ role: 'engineer' as const, scope })) },
});
const ALL: Scope = { facilities: null, payers: null };
const keys = (page: { items: { itemKey: string }[] }) => page.items.map(({ itemKey }) => itemKey);

describe('failed messages of a flow', () => {
  it('are each there once, newest first, without those resolved, of other flows or of other times', async () => {
    const page = await listFailedMessages(as(ALL), { flowId: 'claims', limit: 100 });
    expect(page.items).toHaveLength(29);
    expect(new Set(keys(page)).size).toBe(29);
    expect(keys(page)).not.toContain('m-03');
    expect(page.items.map(({ failedAt }) => failedAt)).toEqual(page.items.map(({ failedAt }) => failedAt).toSorted().toReversed());
    expect(page.nextCursor).toBeNull();
    expect(page.items[0]).toEqual({
      sourceId: 'broker', channelId: DEAD, originChannelId: 'broker:queue:/:claims.work', itemKey: 'm-00', hopId: 'work', failedAt: new Date(NOW - 1_000).toISOString(),
      seenAt: new Date(NOW - 1_000).toISOString(), messageId: 'msg-0', reason: 'rejected', nativeReason: 'rejected', errorText: null, attempts: null, facilityId: 'mercy-north',
      payerId: 'aetna', supplierId: null, departmentId: null, itemId: null, caseLabel: 'CLM…41', amount: { amount: '1234.50', currency: 'USD' }, originExchange: 'claims',
      originRoutingKey: 'claim.new', sizeBytes: '900', contractVersion: '1.0.0',
      deaths: [{ queue: 'claims.work', reason: 'rejected', count: '9007199254740993', exchange: 'claims', routingKeys: ['claim.new'], time: '2026-11-20T10:00:00Z' }],
    });
    expect(JSON.stringify(page)).not.toContain('b5c1e6f0');
  });

  it('come page by page, none twice and none lost, while new ones fail', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listFailedMessages(as(ALL), { flowId: 'claims', limit: 7, cursor, to: new Date(NOW).toISOString() });
      seen.push(...keys(page));
      cursor = page.nextCursor ?? undefined;
      if (seen.length === 7) {
        await web.clickhouse.insertRows('failed_messages', [failedRow(failedMessage({ sourceId: 'broker', channelId: DEAD, itemKey: 'late', failedAt: NOW + 1, mapped: { flowId: 'claims', hopId: 'work' } }), 1n)]);
      }
    } while (cursor !== undefined);
    expect(seen).toEqual(keys(await listFailedMessages(as(ALL), { flowId: 'claims', limit: 100, to: new Date(NOW).toISOString() })));
  });

  it.each([
    ['one facility', [{ facilities: ['mercy-north'], payers: null }], 9],
    ['one payer of one facility', [{ facilities: ['mercy-north'], payers: ['aetna'] }], 5],
    ['two grants add up and count nothing twice', [{ facilities: ['mercy-north'], payers: null }, { facilities: null, payers: ['aetna'] }], 19],
    ['another facility', [{ facilities: ['elsewhere'], payers: null }], 0],
    ['no facility at all', [{ facilities: [], payers: null }], 0],
  ] as [string, Scope[], number][])('are cut to the scope of the reader: %s', async (_, scopes, expected) => {
    const page = await listFailedMessages(as(...scopes), { flowId: 'claims', limit: 100, to: new Date(NOW).toISOString() });
    expect(page.items).toHaveLength(expected);
    const reasons = await countFailuresByReason(as(...scopes), { flowId: 'claims', to: new Date(NOW).toISOString() });
    expect(reasons.items.reduce((sum, { messages }) => sum + messages, 0)).toBe(expected);
  });

  it.each([
    ['reason', { reason: 'ITEM_NOT_MAPPED' }, 23],
    ['a reason that only the source gave', { reason: 'rejected' }, 6],
    ['payer', { payer: 'cigna' }, 14],
    ['facility', { facility: 'mercy-south' }, 10],
    ['facility and payer', { facility: 'mercy-south', payer: 'aetna' }, 5],
    ['a value that would be SQL', { facility: "x' OR 1=1 --" }, 0],
    ['time', { from: new Date(NOW - 3_000).toISOString() }, 5],
  ])('are filtered by %s', async (_, filter, expected) => {
    expect((await listFailedMessages(as(ALL), { flowId: 'claims', limit: 100, to: new Date(NOW).toISOString(), ...filter })).items).toHaveLength(expected);
  });

  it('are counted by reason', async () => {
    const { items } = await countFailuresByReason(as(ALL), { flowId: 'claims', to: new Date(NOW).toISOString() });
    expect(items.map(({ reason, messages }) => [reason, messages])).toEqual([['ITEM_NOT_MAPPED', 23], ['rejected', 6]]);
  });

  it.each([
    ['a flow that does not exist', { flowId: 'nothing' }, 'not-found'],
    ['a window that ends before it begins', { flowId: 'claims', from: new Date(NOW).toISOString(), to: new Date(NOW - 1_000).toISOString() }, 'invalid'],
    ['a cursor of something else', { flowId: 'claims', cursor: 'bm90IGEgY3Vyc29y' }, 'invalid'],
  ])('refuses %s', async (_, input, code) => {
    await expect(listFailedMessages(as(ALL), { limit: 10, ...input })).rejects.toMatchObject({ code });
  });

  it('show an outsider nothing, by service, tRPC and REST', async () => {
    await expect(listFailedMessages(as(), { flowId: 'claims', limit: 10 })).rejects.toMatchObject({ code: 'not-found' });
    await expect((await web.callerOf(web.tokens.viewer)).failures.byFlow({ flowId: 'claims' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const answer = await handleRest(new Request('http://signalbox.test/api/v1/flows/claims/failures', { headers: { authorization: `Bearer ${web.tokens.finance}` } }));
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('m-0');
  });

  it('answer the same by tRPC and REST', async () => {
    const get = async (path: string): Promise<unknown> => (await handleRest(new Request(`http://signalbox.test/api/v1${path}`, { headers: { authorization: `Bearer ${web.tokens.engineer}` } }))).json();
    const page = failedMessagePageSchema.parse(await get('/flows/claims/failures?limit=5&payer=aetna'));
    expect(page.items).toEqual((await (await web.callerOf(web.tokens.engineer)).failures.byFlow({ flowId: 'claims', limit: 5, payer: 'aetna' })).items);
    expect(page.items).toHaveLength(5);
    const reasons = failureReasonsSchema.parse(await get('/flows/claims/failure-reasons?facility=mercy-north'));
    expect(reasons.items).toEqual((await (await web.callerOf(web.tokens.engineer)).failures.reasonsOfFlow({ flowId: 'claims', facility: 'mercy-north' })).items);
  });
});
