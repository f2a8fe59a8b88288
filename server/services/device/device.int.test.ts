import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestPostgres, type TestPostgres } from '@/scripts/testing/databases';
import type { Person } from '@/server/domain/roles/actor';
import type { Role } from '@/server/domain/roles/permissions';
import { connectPostgres, schema, type PostgresConnection } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { approveOperation } from '../operations/approve-operation';
import { confirmInEmergency, confirmOperation } from '../operations/confirm-operation';
import { listApprovals } from '../operations/list-operations';
import { readOperation } from '../operations/read-operation';
import { requestOperation } from '../operations/request-operation';
import { item, leverFlow, planIt, replayRequest } from '../operations/testing/planned-operations';
import { plantContracts } from '../testing/planted';
import { createToken } from '../tokens/create-token';
import { createUser } from '../users/create-user';
import { disableUser } from '../users/disable-user';
import { loadUserActor } from '../users/user-grants';
import type { ServiceContext } from '../service-context';
import { decideRequest } from './decide-request';
import { lookUpRequest } from './look-up-request';
import { requestDecision } from './request-decision';
import { redeemRequest } from './redeem-request';

let postgres: TestPostgres;
let connection: PostgresConnection;
let now = new Date('2026-11-27T12:00:00Z');
const later = (minutes: number) => { now = new Date(now.getTime() + minutes * 60_000); };
const as = (actor: ServiceContext['actor']): ServiceContext => ({ db: connection.db, clickhouse: undefined as never, actor, now: () => now });
const terminal = () => as({ kind: 'system', name: 'cli night' });

let asker: Person;
let approver: Person;
let serial = 0;

async function somebody(roles: readonly Role[], facilities: string[] | null = null): Promise<Person> {
  const { id } = await createUser(terminal(), { email: `person-${serial += 1}@hospital.example`, roles: [...roles], facilities });
  return (await loadUserActor(connection.db, id))!;
}

beforeAll(async () => {
  postgres = await createTestPostgres();
  await migratePostgres(postgres.url);
  connection = connectPostgres(postgres.url);
  await plantContracts(connection.db, [leverFlow()]);
  asker = await somebody(['engineer', 'approver']);
});
afterAll(async () => {
  await connection.close();
  await postgres.drop();
});
beforeEach(async () => {
  await connection.db.delete(schema.deviceRequests);
  await connection.db.delete(schema.channelLocks);
  approver = await somebody(['approver']);
});

async function waiting(): Promise<{ id: string; planHash: string }> {
  const request = replayRequest(now);
  await requestOperation(as(asker), request);
  const planHash = await planIt(connection.db, request.id, now, { items: [item(`item-${request.id}`)] });
  await confirmOperation(as(asker), { id: request.id, planHash, reason: 'the fault is repaired' });
  return { id: request.id, planHash };
}

async function asked(act: 'approve' | 'reject' = 'approve') {
  const operation = await waiting();
  const codes = await requestDecision(terminal(), { ...operation, act, from: 'night@desk', words: 'as agreed on the phone' });
  return { ...operation, ...codes };
}

async function decide(person: Person, { userCode, planHash }: { userCode: string; planHash: string }, grant = true) {
  const { id: requestId } = await lookUpRequest(as(person), { userCode });
  return decideRequest(as(person), { requestId, userCode, planHash, grant });
}

const look = (person: Person, { userCode }: { userCode: string }) => lookUpRequest(as(person), { userCode });
const redeem = ({ deviceCode }: { deviceCode: string }) => redeemRequest(terminal(), { deviceCode });
const stateOf = async (id: string) => (await connection.db.query.operations.findFirst({ where: (row, { eq: is }) => is(row.id, id) }))?.state;
const trailOf = async (id: string, about = /^device|approve|reject/) => (await connection.db.query.auditEvents.findMany({ where: (row, { eq: is }) => is(row.subject, `operation:${id}`), orderBy: (row, { asc }) => asc(row.seq) }))
  .filter(({ action }) => about.test(action)).map(({ action, actor, outcome }) => `${action} ${outcome} ${actor}`);

describe('a code', () => {
  test('lets a signed-in person decide, once, as that person, of that plan, and leaves who did what', async () => {
    const request = await asked();
    expect(await redeem(request)).toEqual({ state: 'waiting' });
    const seen = await lookUpRequest(as(approver), { userCode: request.userCode.toLowerCase().replace('-', ' ') });
    expect(seen).toMatchObject({ act: 'approve', planHash: request.planHash, requestedFrom: 'night@desk', requestedBy: 'system:cli night', words: 'as agreed on the phone', operation: { id: request.id } });
    expect(await stateOf(request.id)).toBe('awaiting-approval');
    await decide(approver, request);
    expect(await stateOf(request.id)).toBe('awaiting-approval');
    const answers = await Promise.allSettled([redeem(request), redeem(request), redeem(request)]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toMatchObject([{ value: { state: 'done', by: `user:${approver.email}`, operation: { state: 'approved', approvedBy: `user:${approver.email}` } } }]);
    await expect(redeem(request)).rejects.toThrow('was used already');
    const trail = await trailOf(request.id);
    expect(trail.slice(0, 2)).toEqual(['device.request done system:cli night', `device.grant done user:${approver.email}`]);
    expect(trail.filter((line) => line.includes(' done '))).toEqual([...trail.slice(0, 2), 'device.use done system:cli night', `operation.approve done user:${approver.email}`]);
    const stored = JSON.stringify(await connection.db.select().from(schema.deviceRequests));
    expect(stored).not.toContain(request.deviceCode);
    expect(stored).not.toContain(request.userCode);
  });

  test('rejects as well, with the reason that the terminal gave', async () => {
    const request = await asked('reject');
    await decide(approver, request);
    expect(await redeem(request)).toMatchObject({ state: 'done', operation: { state: 'aborted', summary: expect.stringContaining('as agreed on the phone') } });
  });

  test('that is refused decides nothing', async () => {
    const request = await asked();
    await decide(approver, request, false);
    expect(await redeem(request)).toEqual({ state: 'denied', sentence: `user:${approver.email} refused it in the browser.` });
    await expect(look(approver, request)).rejects.toThrow('No terminal waits with this code');
    expect(await stateOf(request.id)).toBe('awaiting-approval');
    expect(await trailOf(request.id)).toContain(`device.deny done user:${approver.email}`);
  });

  test('ends after ten minutes, also one that was granted', async () => {
    const [unseen, granted] = [await asked(), await asked()];
    await decide(approver, granted);
    later(10);
    await expect(look(approver, unseen)).rejects.toThrow('No terminal waits with this code');
    for (const request of [unseen, granted]) {
      expect(await redeem(request)).toMatchObject({ state: 'expired' });
      expect(await stateOf(request.id)).toBe('awaiting-approval');
    }
  });

  test('is of one plan: when the operation has another by then, neither the browser nor the terminal decides', async () => {
    const change = (id: string) => connection.db.update(schema.operations).set({ planHash: 'f'.repeat(64) }).where(eq(schema.operations.id, id));
    const [before, between, rejected] = [await asked(), await asked(), await asked('reject')];
    await change(before.id);
    await expect(look(approver, before)).rejects.toThrow('has another plan by now');
    await decide(approver, between);
    await decide(approver, rejected);
    for (const request of [between, rejected]) {
      await change(request.id);
      await expect(redeem(request)).rejects.toThrow('has another plan by now');
      await expect(redeem(request)).rejects.toThrow('was used already');
      expect(await stateOf(request.id)).toBe('awaiting-approval');
    }
    await expect(requestDecision(terminal(), { act: 'approve', id: before.id, planHash: before.planHash, from: 'night@desk' })).rejects.toThrow('The plan is another one');
  });
});

describe('a code by which somebody confirms', () => {
  async function plannedByTerminal(typed?: string): Promise<{ id: string; planHash: string }> {
    const request = replayRequest(now);
    await requestOperation(terminal(), request);
    return { id: request.id, planHash: await planIt(connection.db, request.id, now, { items: [item(`item-${request.id}`)], ...(typed === undefined ? {} : { typed }) }) };
  }
  const confirmation = (operation: { id: string; planHash: string }) => ({ ...operation, act: 'confirm' as const, from: 'night@desk', words: 'the fault is repaired', ticket: 'INC-7' });

  test('makes that person the first of two, who then cannot be the second', async () => {
    const operation = await plannedByTerminal();
    const request = { ...operation, ...await requestDecision(terminal(), confirmation(operation)) };
    await expect(look(approver, request)).rejects.toThrow('operations:run');
    expect(await look(asker, request)).toMatchObject({ act: 'confirm', words: 'the fault is repaired', ticket: 'INC-7' });
    await decide(asker, request);
    expect(await redeem(request)).toMatchObject({ state: 'done', by: `user:${asker.email}`, operation: { state: 'awaiting-approval', requestedBy: 'system:cli night', firstBy: `user:${asker.email}`, owner: `user:${asker.email}`, reason: 'the fault is repaired', ticket: 'INC-7' } });
    const codes = { ...operation, ...await requestDecision(terminal(), { ...operation, act: 'approve', from: 'night@desk' }) };
    await expect(look(asker, codes)).rejects.toThrow('You are the first of the two people');
    await decide(approver, codes);
    expect(await redeem(codes)).toMatchObject({ state: 'done', operation: { state: 'approved', approvedBy: `user:${approver.email}` } });
    expect((await trailOf(operation.id, /^operation\.(confirm|approve)/)).filter((line) => line.includes(' done '))).toEqual([`operation.confirm done user:${asker.email}`, `operation.approve done user:${approver.email}`]);
  });

  test('asks for the typed word of a guarded act before there is a code', async () => {
    const operation = await plannedByTerminal('charges');
    await expect(requestDecision(terminal(), { ...confirmation(operation), typed: 'yes' })).rejects.toThrow('must be "charges"');
    const request = { ...operation, ...await requestDecision(terminal(), { ...confirmation(operation), typed: 'charges' }) };
    await decide(asker, request);
    expect(await redeem(request)).toMatchObject({ state: 'done', operation: { state: 'awaiting-approval' } });
    await expect(requestDecision(terminal(), confirmation(operation))).rejects.toThrow('cannot be confirmed any more');
  });
});

describe('what a machine confirmed', () => {
  test('is approved by two people, neither of whom made its token, and is no emergency', async () => {
    const [maker, first, other] = [await somebody(['admin', 'approver', 'engineer']), await somebody(['approver']), await somebody(['approver'])];
    const { token } = await createToken(as(maker), { name: 'nightly', role: 'engineer' });
    const reason = 'the fault is repaired';
    for (const machine of [terminal().actor, { kind: 'token' as const, id: token.id, name: token.name, grants: [{ role: 'engineer' as const, scope: { facilities: null, payers: null } }] }]) {
      await connection.db.delete(schema.channelLocks);
      const request = replayRequest(now);
      await requestOperation(as(machine), request);
      const { id } = request;
      const planHash = await planIt(connection.db, id, now, { items: [item(`item-${id}`)] });
      await expect(confirmInEmergency(as(machine), { id, planHash, reason })).rejects.toThrow(machine.kind === 'token' ? 'operations:emergency' : 'only somebody who is signed in');
      expect(await confirmOperation(as(machine), { id, planHash, reason })).toMatchObject({ state: 'awaiting-approval', firstBy: null, summary: expect.stringContaining('asks for two people') });
      if (machine.kind === 'token') {
        await expect(approveOperation(as(maker), { id, planHash })).rejects.toThrow('You made the token');
        expect((await listApprovals(as(maker))).items.filter((one) => one.id === id)).toEqual([]);
      }
      const twice = await Promise.allSettled([approveOperation(as(first), { id, planHash }), approveOperation(as(first), { id, planHash })]);
      expect(twice.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(await readOperation(as(asker), { id })).toMatchObject({ state: 'awaiting-approval', firstBy: `user:${first.email}`, approvedBy: null });
      await expect(approveOperation(as(first), { id, planHash })).rejects.toThrow('You are the first of the two people');
      expect(await approveOperation(as(other), { id, planHash })).toMatchObject({ state: 'approved', firstBy: `user:${first.email}`, approvedBy: `user:${other.email}` });
    }
  });
});

describe('who may decide', () => {
  test('not the requester, not somebody whose scope is elsewhere, not a machine, not the terminal itself', async () => {
    const request = await asked();
    await expect(look(asker, request)).rejects.toThrow('another person has to decide');
    await expect(look(await somebody(['approver'], ['elsewhere']), request)).rejects.toThrow('Your role covers facilities elsewhere only');
    await expect(look(await somebody(['engineer', 'admin']), request)).rejects.toThrow('operations:approve');
    const seen = await look(approver, request);
    const token = { kind: 'token' as const, id: approver.id, name: 'ci', grants: approver.grants };
    for (const actor of [asker, token, terminal().actor]) {
      await expect(decideRequest(as(actor), { requestId: seen.id, userCode: request.userCode, planHash: request.planHash, grant: true })).rejects.toThrow(/another person|terminals:answer|Only a signed-in person/);
    }
    expect(await redeem(request)).toEqual({ state: 'waiting' });
    expect(await trailOf(request.id)).toEqual(expect.arrayContaining([`device.look-up refused user:${asker.email}`, `device.grant refused user:${asker.email}`]));
  });

  test('not somebody who was shut out, or lost the role, after agreeing', async () => {
    const [shutOut, demoted] = [await asked(), await asked()];
    const other = await somebody(['approver']);
    await decide(approver, shutOut);
    await decide(other, demoted);
    await disableUser(terminal(), { email: approver.email });
    await connection.db.delete(schema.roleGrants).where(eq(schema.roleGrants.userId, other.id));
    await expect(redeem(shutOut)).rejects.toThrow('can no longer sign in');
    await expect(redeem(demoted)).rejects.toThrow('operations:approve');
    expect([await stateOf(shutOut.id), await stateOf(demoted.id)]).toEqual(['awaiting-approval', 'awaiting-approval']);
  });
});

describe('guessing', () => {
  test('is stopped after five wrong codes per person, for a quarter of an hour, by either way, and each is on record', async () => {
    const request = await asked();
    const seen = await look(approver, request);
    const guesses = ['BCDF-GHJK', 'nonsense', 'BCDF-GHJL'].map((userCode) => lookUpRequest(as(approver), { userCode }));
    const others = ['BCDF-GHJM', 'BCDF-GHJN'].map((userCode) => decideRequest(as(approver), { requestId: seen.id, userCode, planHash: request.planHash, grant: true }));
    for (const result of await Promise.allSettled([...guesses, ...others])) expect(result).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('No terminal waits') } });
    await expect(look(approver, request)).rejects.toThrow('Too many codes were wrong');
    await expect(decideRequest(as(approver), { requestId: seen.id, userCode: request.userCode, planHash: request.planHash, grant: true })).rejects.toThrow('Too many codes were wrong');
    expect(await look(await somebody(['approver']), request)).toMatchObject({ id: seen.id });
    const wrong = (await connection.db.query.auditEvents.findMany({ where: (row, { eq: is }) => is(row.actorUser, approver.id) })).filter(({ outcome }) => outcome === 'refused');
    expect(wrong).toHaveLength(7);
    later(16);
    await expect(look(approver, request)).rejects.toThrow('No terminal waits');
  });

  test('of device codes finds nothing, and codes cannot be asked for without end', async () => {
    const { id, planHash } = await asked();
    await expect(redeemRequest(terminal(), { deviceCode: 'made-up' })).rejects.toThrow('not known');
    for (let n = 1; n < 5; n++) await requestDecision(terminal(), { act: 'approve', id, planHash, from: 'night@desk' });
    await expect(requestDecision(terminal(), { act: 'approve', id, planHash, from: 'night@desk' })).rejects.toThrow('Too many codes were asked for');
    later(11);
    await expect(requestDecision(terminal(), { act: 'approve', id, planHash, from: 'night@desk' })).resolves.toMatchObject({ userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/) });
  });
});
