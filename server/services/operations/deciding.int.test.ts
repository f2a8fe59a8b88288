/** Who may set what going: hashes, locks, scopes, second persons, emergencies, and what becomes of two at once. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestClickHouse, createTestPostgres, type TestClickHouse, type TestPostgres } from '@/scripts/testing/databases';
import type { Actor, Person } from '@/server/domain/roles/actor';
import { connectClickHouse, type ClickHouse } from '@/server/store/clickhouse/client';
import { schema } from '@/server/store/postgres';
import type { ServiceContext } from '../service-context';
import { plantContracts } from '../testing/planted';
import { openStores, type TestStores } from '../testing/stores';
import { approveOperation, rejectOperation } from './approve-operation';
import { confirmInEmergency, confirmOperation } from './confirm-operation';
import { expireOperations } from './engine/expire';
import { raiseFence } from './engine/fenced';
import { beginOperation } from './engine/run-operation';
import { beginStep } from './engine/run-steps';
import { setLeverSwitch } from './lever-switch';
import { listApprovals } from './list-operations';
import { loadHold, loadOperation } from './operation-rows';
import { operationPlan } from '@/server/domain/operations/plan';
import { operationRequest } from '@/server/domain/operations/request';
import { readOperation } from './read-operation';
import { requestOperation } from './request-operation';
import { reviewOperation, stopOperation } from './stop-operation';
import { FLOW_ID, item, leverFlow, pauseRequest, person, planIt, replayRequest } from './testing/planned-operations';
import { decisionsOnReceived } from './testing/decisions-on-received';
import { layersOnChannel } from './testing/layers-on-channel';
import { receivedByAlternate } from './testing/received-by-alternate';
import { receivedFromHold } from './testing/received-from-hold';

let postgres: TestPostgres;
let engine: TestClickHouse;
let stores: TestStores;
/** What the console reads with may read and nothing else. */
let reader: ClickHouse;
let now = new Date();
const engineer = person('engineer', ['engineer']);
const second = person('second', ['approver', 'engineer']);
const reason = { reason: 'ERP posting fails' };
const QUEUE = { source: 'broker', kind: 'queue', exchange: 'events', keys: ['#'] };
/** Three channels of two technologies, and one of them named by a second hop. */
const CHAIN = [
  { id: 'intake', channel: { ...QUEUE, name: 'chain.work' } },
  { id: 'posting', channel: { source: 'erp', kind: 'table', table: 'posting', key: 'id', status: { column: 'status', pending: 'N' } } },
  { id: 'payer', channel: { ...QUEUE, exchange: 'out', name: 'chain.out' } },
  { id: 'again', channel: { ...QUEUE, name: 'chain.work' } },
];

beforeAll(async () => {
  [postgres, engine] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  stores = await openStores({ postgres: postgres.url, clickhouse: engine.writerUrl });
  reader = connectClickHouse(engine.readerUrl, { name: 'test' });
  await plantContracts(stores.db, [leverFlow(), leverFlow('remittances', { replay: { class: 'R0', approval: 'forbidden', insteadOfReplay: 'Ask the payer.' } }), leverFlow('unpausable', { pause: { allowed: false, reason: 'The payer closes at noon' } }), leverFlow('chain', { path: CHAIN })]);
  for (const { id, email, name } of [engineer, second]) await stores.db.insert(schema.users).values({ id, email, name });
});
afterAll(async () => {
  await reader.close();
  await stores.close();
  await postgres.drop();
  await engine.drop();
});
beforeEach(async () => {
  now = new Date();
  await stores.db.delete(schema.channelLocks);
  await stores.db.delete(schema.holds);
});

const as = (actor: Actor): ServiceContext => ({ ...stores, clickhouse: reader, actor, now: () => now });
const later = (ms: number) => { now = new Date(now.getTime() + ms); };
const stateOf = async (id: string) => (await loadOperation(stores.db, id)).state;
const lastAudit = (subject: string) => stores.db.query.auditEvents.findFirst({ where: (row, { eq: is }) => is(row.subject, subject), orderBy: (row, { desc }) => [desc(row.seq)] });

async function plannedPause(who: Person = engineer): Promise<{ id: string; planHash: string }> {
  const { id } = await requestOperation(as(who), pauseRequest(now));
  return { id, planHash: await planIt(stores.db, id, now) };
}

async function plannedReplay(told: Parameters<typeof planIt>[3] = {}): Promise<{ id: string; planHash: string }> {
  const { id } = await requestOperation(as(engineer), replayRequest(now));
  return { id, planHash: await planIt(stores.db, id, now, { items: [item(`m-${id}`)], ...told }) };
}

/** The refusal is in the trail, and nothing has changed. */
async function expectRefused(verb: Promise<unknown>, id: string, words: RegExp): Promise<void> {
  // It may refuse while the state is read, before anybody waits for it.
  verb.catch(() => undefined);
  const before = await stateOf(id).catch(() => null);
  await expect(verb).rejects.toThrow(words);
  expect(await stateOf(id).catch(() => null)).toBe(before);
  expect(await lastAudit(`operation:${id}`)).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(words) as string });
}

describe('asking', () => {
  it('is the same operation when asked again, and refuses an id that means something else', async () => {
    const request = pauseRequest(now);
    await requestOperation(as(engineer), request);
    expect(await requestOperation(as(engineer), request)).toMatchObject({ id: request.id, state: 'draft' });
    await expect(requestOperation(as(engineer), { ...request, method: 'stop-consumers' })).rejects.toThrow(/belongs to another operation/);
  });

  it('tells outsiders nothing, and the trail that they asked', async () => {
    const request = pauseRequest(now);
    await expectRefused(requestOperation(as(person('viewer', ['viewer'])), request), request.id, /was not found, or your roles do not include operations:plan/);
  });

  it('refuses a pause to somebody whose role covers one payer', async () => {
    const request = pauseRequest(now);
    await expectRefused(requestOperation(as(person('aetna-only', ['engineer'], { facilities: null, payers: ['aetna'] })), request), request.id, /covers payers aetna only/);
  });

  it.each([
    ['an empty filter', { ...replayRequest(new Date()), selection: { by: 'filter', failedFrom: '2026-01-01T00:00:00Z', failedUntil: '2026-01-02T00:00:00Z', filter: {} } }, /to take everything ask for all/],
    ['a filter without a window', { ...replayRequest(new Date()), selection: { by: 'filter', filter: { payer: 'aetna' } } }, /failedFrom/],
    ['no items', { ...replayRequest(new Date()), selection: { by: 'items', itemKeys: [] } }, /itemKeys/],
  ])('refuses %s', async (_, request, words) => {
    await expect(requestOperation(as(engineer), request as never)).rejects.toThrow(words);
  });

  it('has no way to replay R0', async () => {
    const request = { ...replayRequest(now), flowId: 'remittances' };
    await expectRefused(requestOperation(as(engineer), request), request.id, /never replayed \(class R0\). Ask the payer/);
  });

  it('refuses a review that lies in the past, or later than the contract allows', async () => {
    await expect(requestOperation(as(engineer), pauseRequest(now, { reviewBy: new Date(now.getTime() - 1).toISOString() }))).rejects.toThrow(/lies in the past/);
    await expect(requestOperation(as(engineer), pauseRequest(now, { reviewBy: new Date(now.getTime() + 5 * 3_600_000).toISOString() }))).rejects.toThrow(/more than 240 minutes/);
  });

  it('refuses a method of another technology, an unknown hop and an unknown hold', async () => {
    await expect(requestOperation(as(engineer), pauseRequest(now, { method: 'row-gate' }))).rejects.toThrow(/does not exist for a queue/);
    await expect(requestOperation(as(engineer), { ...pauseRequest(now), hopId: 'nowhere' })).rejects.toThrow(/has no hop "nowhere"/);
    await expect(requestOperation(as(engineer), { kind: 'release', id: pauseRequest(now).id, flowId: FLOW_ID, hopId: 'outbox', holdId: pauseRequest(now).id })).rejects.toThrow(/was not found/);
  });
});

describe('confirming', () => {
  it('sets a pause going with one person', async () => {
    const { id, planHash } = await plannedPause();
    expect(await confirmOperation(as(engineer), { id, planHash, ...reason })).toMatchObject({ state: 'approved', reason: reason.reason });
    expect(await confirmOperation(as(engineer), { id, planHash, ...reason })).toMatchObject({ state: 'approved' });
  });

  it('refuses another plan than the one that was read', async () => {
    const { id } = await plannedPause();
    await expectRefused(confirmOperation(as(engineer), { id, planHash: 'f'.repeat(64), ...reason }), id, /another one than the one you read/);
  });

  it('refuses a locked lever with what locks it', async () => {
    const { id } = await requestOperation(as(engineer), pauseRequest(now));
    const planHash = await planIt(stores.db, id, now, { act: { locks: [{ code: 'no-destination', sentence: 'The queue charges.work does not exist.' }] } });
    await expectRefused(confirmOperation(as(engineer), { id, planHash, ...reason }), id, /The queue charges.work does not exist/);
  });

  it('refuses what the contract forbids', async () => {
    const { id } = await requestOperation(as(engineer), { ...pauseRequest(now), flowId: 'unpausable' });
    const planHash = await planIt(stores.db, id, now, { flow: leverFlow('unpausable', { pause: { allowed: false, reason: 'The payer closes at noon' } }) });
    await expectRefused(confirmOperation(as(engineer), { id, planHash, ...reason }), id, /forbids pausing it: The payer closes at noon/);
  });

  it('refuses a plan that has become old', async () => {
    const { id, planHash } = await plannedPause();
    later(16 * 60_000);
    await expectRefused(confirmOperation(as(engineer), { id, planHash, ...reason }), id, /more than 15 minutes old/);
  });

  it('asks for the typed word of a guarded act', async () => {
    const { id, planHash } = await plannedReplay({ typed: FLOW_ID });
    await expectRefused(confirmOperation(as(engineer), { id, planHash, typed: 'yes', ...reason }), id, /must be "charges"/);
    expect(await confirmOperation(as(engineer), { id, planHash, typed: FLOW_ID, ...reason })).toMatchObject({ state: 'awaiting-approval' });
  });

  it('refuses a replay whose items lie outside of the scope', async () => {
    const { id } = await requestOperation(as(engineer), replayRequest(now));
    const planHash = await planIt(stores.db, id, now, { items: [item('in'), item('out', { payerId: 'cigna' })] });
    await expectRefused(confirmOperation(as(person('aetna-only', ['engineer'], { facilities: null, payers: ['aetna'] })), { id, planHash, ...reason }), id, /touches mh110, aetna, cigna/);
  });

  it('lets one of two operators win a channel, and tells the other who has it', async () => {
    const [first, other] = [await plannedPause(engineer), await plannedPause(second)];
    const outcomes = await Promise.allSettled([confirmOperation(as(engineer), { ...first, ...reason }), confirmOperation(as(second), { ...other, ...reason })]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = outcomes.find((outcome) => outcome.status === 'rejected')!.reason as Error;
    expect(refused.message).toMatch(/^(engineer|second)@hospital.example is acting on broker:queue:\/:charges.work/);
    expect([await stateOf(first.id), await stateOf(other.id)].toSorted()).toEqual(['approved', 'planned']);
  });

  it('refuses a second hold of a channel', async () => {
    const { id, planHash } = await plannedPause();
    await confirmOperation(as(engineer), { id, planHash, ...reason });
    const row = await loadOperation(stores.db, id);
    await beginOperation(stores.db, row, operationPlan.parse(row.plan), operationRequest.parse(row.request), now);
    await stores.db.delete(schema.channelLocks);
    const again = await plannedPause(second);
    await expectRefused(confirmOperation(as(second), { ...again, ...reason }), again.id, /already held: a pause by engineer@hospital.example/);
  });

  it('does nothing while the switch is off', async () => {
    const { id, planHash } = await plannedPause();
    await setLeverSwitch(as(engineer), { disabled: true, reason: 'Cut-over tonight' });
    try {
      await expectRefused(confirmOperation(as(engineer), { id, planHash, ...reason }), id, /All levers are disabled: .*Cut-over tonight/);
      await expect(requestOperation(as(engineer), pauseRequest(now))).rejects.toThrow(/All levers are disabled/);
    } finally {
      await setLeverSwitch(as(engineer), { disabled: false, reason: 'Cut-over is done' });
    }
    expect(await confirmOperation(as(engineer), { id, planHash, ...reason })).toMatchObject({ state: 'approved' });
  });
});

describe('several channels at once', () => {
  type Further = NonNullable<Parameters<typeof pauseRequest>[1]>['further'];
  const asked = (further: Further, told: object = {}) => ({ ...pauseRequest(now, { flowId: 'chain', hopId: 'intake', ...told }), further });
  const chainFlow = () => leverFlow('chain', { path: CHAIN });
  async function planned(who: Person, further: Further, told: object = {}): Promise<{ id: string; planHash: string }> {
    const { id } = await requestOperation(as(who), asked(further, told));
    return { id, planHash: await planIt(stores.db, id, now, { flow: chainFlow() }) };
  }
  const locked = async () => (await stores.db.select().from(schema.channelLocks).orderBy(schema.channelLocks.channelId)).map(({ channelId, operationId }) => [channelId, operationId]);
  const POSTING = { hopId: 'posting', method: 'row-gate' as const };
  const PAYER = { hopId: 'payer', method: 'stop-consumers' as const };

  it('are steps in the order that was asked for, and another order is another operation', async () => {
    const request = asked([POSTING, PAYER]);
    const operation = await requestOperation(as(engineer), request);
    expect(operation).toMatchObject({ holdId: null, moreChannels: 2, hopId: 'intake' });
    expect(operation.steps.map(({ position, hopId, channelId, method, state }) => [position, hopId, channelId, method, state])).toEqual([
      [1, 'intake', 'broker:queue:/:chain.work', 'park', 'waiting'], [2, 'posting', 'erp:table:public.posting', 'row-gate', 'waiting'], [3, 'payer', 'broker:queue:/:chain.out', 'stop-consumers', 'waiting'],
    ]);
    expect(await requestOperation(as(engineer), request)).toMatchObject({ id: request.id, steps: operation.steps });
    await expect(requestOperation(as(engineer), { ...request, further: [PAYER, POSTING] })).rejects.toThrow(/belongs to another operation/);
  });

  it.each<[string, Further, RegExp]>([
    ['a channel that is named twice', [POSTING, { hopId: 'again', method: 'park' }], /further\.1\.hopId: broker:queue:\/:chain\.work is named twice \(hops intake and again\)/],
    ['a method of another technology', [{ hopId: 'posting', method: 'park' }], /further\.0\.method: "Park new messages" does not exist for a table/],
    ['a hop that the flow does not have', [{ hopId: 'nowhere', method: 'park' }], /has no hop "nowhere"/],
  ])('refuse %s', async (_, further, words) => {
    const request = asked(further);
    await expectRefused(requestOperation(as(engineer), request), request.id, words);
  });

  it('are taken all or none, and the other is told which channel it is about', async () => {
    const [first, other] = [await planned(engineer, [POSTING, PAYER]), await planned(second, [{ hopId: 'intake', method: 'park' }, PAYER], { hopId: 'posting', method: 'row-gate' })];
    const outcomes = await Promise.allSettled([confirmOperation(as(engineer), { ...first, ...reason }), confirmOperation(as(second), { ...other, ...reason })]);
    const [winner, loser] = outcomes[0].status === 'fulfilled' ? [first, other] : [other, first];
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((outcomes.find((outcome) => outcome.status === 'rejected')!.reason as Error).message).toMatch(/is acting on (broker:queue:\/:chain\.(work|out)|erp:table:public\.posting) since/);
    expect(await locked()).toEqual([['broker:queue:/:chain.out', winner.id], ['broker:queue:/:chain.work', winner.id], ['erp:table:public.posting', winner.id]]);
    expect([await stateOf(winner.id), await stateOf(loser.id)]).toEqual(['approved', 'planned']);
    await stopOperation(as(engineer), { id: winner.id });
    expect(await locked()).toEqual([]);
    expect((await readOperation(as(engineer), { id: winner.id })).steps.map(({ state }) => state)).toEqual(['not-begun', 'not-begun', 'not-begun']);
  });

  it('leave the others alone when one of them is somebody else’s', async () => {
    const single = await requestOperation(as(second), pauseRequest(now, { flowId: 'chain', hopId: 'payer', method: 'stop-consumers' }));
    await confirmOperation(as(second), { id: single.id, planHash: await planIt(stores.db, single.id, now, { flow: chainFlow() }), ...reason });
    const several = await planned(engineer, [POSTING, PAYER]);
    await expectRefused(confirmOperation(as(engineer), { ...several, ...reason }), several.id, /second@hospital.example is acting on broker:queue:\/:chain\.out/);
    expect(await locked()).toEqual([['broker:queue:/:chain.out', single.id]]);
  });

  it('refuse one that is held already, by name', async () => {
    const first = await planned(engineer, [PAYER]);
    await confirmOperation(as(engineer), { ...first, ...reason });
    await raiseFence(stores.db, first.id, 10n);
    const row = await loadOperation(stores.db, first.id);
    await beginOperation(stores.db, row, operationPlan.parse(row.plan), operationRequest.parse(row.request), now);
    expect(await beginStep(stores.db, row, 2, { opens: { part: { act: operationPlan.parse(row.plan).act, holdBudget: null } as never, reviewBy: now } }, now)).toBe(true);
    await stores.db.delete(schema.channelLocks);
    const again = await planned(second, [PAYER]);
    await expectRefused(confirmOperation(as(second), { ...again, ...reason }), again.id, /broker:queue:\/:chain\.out is already held: a pause by engineer@hospital.example/);
  });

  it('are released together only where one operation holds them', async () => {
    const held = async (further: Further) => {
      const { id, planHash } = await planned(engineer, further);
      await confirmOperation(as(engineer), { id, planHash, ...reason });
      await raiseFence(stores.db, id, 10n);
      const row = await loadOperation(stores.db, id);
      const { act } = operationPlan.parse(row.plan);
      await beginOperation(stores.db, row, operationPlan.parse(row.plan), operationRequest.parse(row.request), now);
      for (const position of [1, 2]) await beginStep(stores.db, row, position, { opens: { part: { act, holdBudget: null } as never, reviewBy: now } }, now);
      return (await readOperation(as(engineer), { id })).steps.map(({ holdId }) => holdId);
    };
    const [intake, posting] = await held([POSTING]);
    const about = { kind: 'release' as const, flowId: 'chain', hopId: 'posting', holdId: posting! };
    const release = await requestOperation(as(engineer), { ...about, id: pauseRequest(now).id, further: [intake!] });
    expect(release.steps.map(({ hopId, holdId }) => [hopId, holdId])).toEqual([['posting', posting], ['intake', intake]]);
    const twice = { ...about, id: pauseRequest(now).id, further: [posting!] };
    await expectRefused(requestOperation(as(engineer), twice), twice.id, /further\.0: is named twice/);
    await stores.db.update(schema.holds).set({ openedBy: release.id }).where(eq(schema.holds.id, intake!));
    const another = { ...about, id: pauseRequest(now).id, further: [intake!] };
    await expectRefused(requestOperation(as(engineer), another), another.id, /further\.0: is a hold of another operation/);
    await stores.db.update(schema.holds).set({ state: 'released', openedBy: (await loadHold(stores.db, posting!)).openedBy }).where(eq(schema.holds.id, intake!));
    const over = { ...about, id: pauseRequest(now).id, further: [intake!] };
    await expectRefused(requestOperation(as(engineer), over), over.id, /The hold at intake is over/);
  });
});

describe('the second person', () => {
  async function awaiting(): Promise<{ id: string; planHash: string }> {
    const planned = await plannedReplay();
    await confirmOperation(as(engineer), { ...planned, ...reason });
    return planned;
  }

  it('agrees to the hash, and only then it is approved', async () => {
    const { id, planHash } = await awaiting();
    await expectRefused(approveOperation(as(second), { id, planHash: 'f'.repeat(64) }), id, /another one than the one you read/);
    expect(await approveOperation(as(second), { id, planHash })).toMatchObject({ state: 'approved', approvedBy: 'user:second@hospital.example' });
  });

  it('is another one than the requester, and a person', async () => {
    const { id, planHash } = await awaiting();
    const self = { ...engineer, grants: [...engineer.grants, ...person('x', ['approver']).grants] };
    await expectRefused(approveOperation(as(self), { id, planHash }), id, /You asked for this operation yourself/);
    await expectRefused(approveOperation(as({ kind: 'token', id: second.id, name: 'robot', grants: second.grants }), { id, planHash }), id, /was not found/);
    await expectRefused(approveOperation(as({ kind: 'system', name: 'cli root' }), { id, planHash }), id, /Only a signed-in person/);
  });

  it('is another one than whoever confirmed what somebody else asked for', async () => {
    const { id, planHash } = await plannedReplay();
    const both = person('both', ['engineer', 'approver']);
    await confirmOperation(as(both), { id, planHash, ...reason });
    await expectRefused(approveOperation(as(both), { id, planHash }), id, /You are the first of the two people/);
    await expectRefused(approveOperation(as({ ...engineer, grants: both.grants }), { id, planHash }), id, /You asked for this operation yourself/);
    expect(await readOperation(as(both), { id })).toMatchObject({ firstBy: 'user:both@hospital.example', may: { approve: { allowed: false }, reject: { allowed: false } } });
    expect((await listApprovals(as(both))).items.filter((one) => one.id === id)).toEqual([]);
    expect(await approveOperation(as(second), { id, planHash })).toMatchObject({ state: 'approved' });
  });

  it('is refused without the role and outside of the scope', async () => {
    const { id, planHash } = await awaiting();
    await expectRefused(approveOperation(as(person('admin', ['admin'])), { id, planHash }), id, /was not found/);
    await expectRefused(approveOperation(as(person('north', ['approver'], { facilities: ['mh999'], payers: null })), { id, planHash }), id, /covers facilities mh999 only/);
  });

  it('comes too late when the wait has expired', async () => {
    const { id, planHash } = await awaiting();
    later(31 * 60_000);
    await expectRefused(approveOperation(as(second), { id, planHash }), id, /the wait has expired/);
    expect(await expireOperations(stores.db, now)).toBeGreaterThan(0);
    expect(await loadOperation(stores.db, id)).toMatchObject({ state: 'failed', summary: expect.stringMatching(/Nobody approved it in time/) as string });
  });

  it('may say no, which ends it', async () => {
    const { id } = await awaiting();
    expect(await rejectOperation(as(second), { id, reason: 'The cause is not mended' })).toMatchObject({ state: 'aborted', summary: expect.stringContaining('The cause is not mended') as string });
  });

  it('is skipped in an emergency, and has to sign afterwards', async () => {
    const { id, planHash } = await plannedReplay();
    expect(await confirmInEmergency(as(engineer), { id, planHash, ...reason })).toMatchObject({ state: 'approved', emergency: true, reviewOpen: true });
    const self = { ...engineer, grants: [...engineer.grants, ...person('x', ['approver']).grants] };
    await expectRefused(reviewOperation(as(self), { id, comment: 'fine' }), id, /yourself/);
    expect(await reviewOperation(as(second), { id, comment: 'It was right' })).toMatchObject({ reviewOpen: false, reviewedBy: 'user:second@hospital.example' });
  });

  it('is not skipped where a lock or the contract stands against it', async () => {
    const { id, planHash } = await plannedReplay({ act: { locks: [{ code: 'alarm', sentence: 'The broker has a memory alarm.' }] } });
    await expectRefused(confirmInEmergency(as(engineer), { id, planHash, ...reason }), id, /memory alarm/);
  });
});

describe('stopping', () => {
  it('ends what has not begun, and gives the channel back', async () => {
    const { id, planHash } = await plannedPause();
    await confirmOperation(as(engineer), { id, planHash, ...reason });
    expect(await stopOperation(as(second), { id, reason: 'Not needed' })).toMatchObject({ state: 'aborted' });
    expect(await stores.db.select().from(schema.channelLocks).where(eq(schema.channelLocks.operationId, id))).toEqual([]);
    await expectRefused(stopOperation(as(second), { id }), id, /cannot be stopped any more/);
  });
});

describe('what is shown', () => {
  it('says what the viewer may do and why not, and leaves the plan out beyond the scope', async () => {
    const { id } = await plannedReplay({ items: [item('k1', { payerId: 'cigna' })] });
    expect((await readOperation(as(second), { id })).may).toMatchObject({ confirm: { allowed: true }, approve: { allowed: false, because: 'It does not wait for an approval.' }, stop: { allowed: false } });
    const narrow = await readOperation(as(person('aetna-noc', ['noc'], { facilities: null, payers: ['aetna'] })), { id });
    expect(narrow.plan).toBeNull();
    expect((await readOperation(as(engineer), { id })).approvers).toEqual([]);
  });
});

layersOnChannel(() => stores, as, () => now);
receivedByAlternate(() => stores, as, () => now);
receivedFromHold(() => stores, as, () => now);
decisionsOnReceived(() => stores, as, () => now);
