import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flowSchema } from '../contracts/flow-schema';
import { approvalFor } from './approval-policy';
import { extentOf, dimensionsOf, goingAlong, type Touched } from './extent';
import { holdBudgetOf } from './hold-budget';
import { REROUTED_ALREADY, REROUTED_FROM_HOLD } from './hold-layers';
import { maxHoldMs } from './hold-length';
import type { HoldMethod } from './kinds';
import { leversOf, type LeverFacts } from './lever-availability';
import { judgeResult, outcomeOf, outcomeStages } from './outcome';
import { judgeCandidate, replayLocks, unaskable, type ReplayCandidate } from './replay-policy';
import { operationRequest, type OperationRequest } from './request';

const NOW = new Date('2026-11-27T12:00:00Z');

function flow(spec: object = {}) {
  return flowSchema.parse({
    apiVersion: 'signalbox/v1', kind: 'Flow', metadata: { id: 'charges', owner: { technical: 'integration-billing' } },
    spec: { path: [{ id: 'outbox', channel: { source: 'broker', kind: 'queue', name: 'work', deadLetter: { exchange: 'dead', queue: 'work.dead' } } }], ...spec },
  });
}

const ID = '01930000-0000-7000-8000-000000000000';
const replay = (told: object = {}) => operationRequest.parse({ kind: 'replay', id: ID, flowId: 'charges', hopId: 'outbox', to: 'queue', selection: { by: 'items', itemKeys: ['a'] }, ...told });
const pause = operationRequest.parse({ kind: 'pause', id: ID, flowId: 'charges', hopId: 'outbox', method: 'park', reviewBy: '2026-11-27T14:00:00Z' });
const release = operationRequest.parse({ kind: 'release', id: ID, flowId: 'charges', hopId: 'outbox', holdId: ID });
const reroute = operationRequest.parse({ kind: 'reroute', id: ID, flowId: 'charges', hopId: 'outbox', alternate: 'b', reviewBy: '2026-11-27T14:00:00Z' });

describe('who must agree', () => {
  const R2 = { class: 'R2', approval: 'none' };
  it.each<[string, OperationRequest, object, Parameters<typeof approvalFor>[2], string]>([
    ['a pause', pause, { pause: { allowed: true } }, null, 'none'],
    ['a pause that the contract forbids', pause, { pause: { allowed: false } }, null, 'forbidden'],
    ['a pause that the contract does not speak of', pause, {}, null, 'forbidden'],
    ['the release of one’s own hold', release, {}, { isRequesters: true, owner: 'me' }, 'none'],
    ['the release of another’s hold', release, {}, { isRequesters: false, owner: 'you' }, 'four-eyes'],
    ['a replay without a policy', replay(), {}, null, 'forbidden'],
    ['a replay of R0', replay(), { replay: { class: 'R0', approval: 'forbidden' } }, null, 'forbidden'],
    ['a replay of R2', replay(), { replay: R2 }, null, 'none'],
    ['a replay with four eyes', replay(), { replay: { class: 'R2', approval: 'four-eyes' } }, null, 'four-eyes'],
    ['a second replay of what is unknown', replay({ overrideUnknown: true }), { replay: R2 }, null, 'four-eyes'],
    ['a replay on somebody’s word', replay({ attestation: 'TICKET-1' }), { replay: R2 }, null, 'four-eyes'],
    ['a reroute', reroute, { reroute: { allowed: true, alternates: [] } }, null, 'four-eyes'],
    ['a reroute of which the contract asks for nobody else', reroute, { reroute: { allowed: true, approval: 'none', alternates: [] } }, null, 'none'],
    ['the same over one’s own hold', reroute, { reroute: { allowed: true, approval: 'none', alternates: [] } }, { isRequesters: true, owner: 'me' }, 'none'],
    ['the same over another’s hold', reroute, { reroute: { allowed: true, approval: 'none', alternates: [] } }, { isRequesters: false, owner: 'you' }, 'four-eyes'],
    ['a reroute that the contract forbids', reroute, { reroute: { allowed: false } }, null, 'forbidden'],
  ])('to %s', (_, request, spec, hold, needed) => {
    const need = approvalFor(request, flow(spec), hold);
    expect(need.needed).toBe(needed);
    expect(need.because.join(' ')).not.toBe('');
  });
});

describe('which failed messages may be replayed', () => {
  const candidate: ReplayCandidate = { itemKey: 'a', failedAt: new Date('2026-11-27T11:00:00Z'), reason: 'ERP_503', earlier: null };
  const asked = { now: NOW, overrideUnknown: false, hasAttestation: false };
  const R1 = { class: 'R1', approval: 'four-eyes', maxBatch: 10, preconditions: [{ check: 'target-absence-proven' }], insteadOfReplay: 'Bill it by hand.' };
  const earlier = (state: string, isOpen = false) => ({ operationId: 'op', state, isOpen });

  it.each<[string, object, Partial<ReplayCandidate>, Partial<typeof asked>, RegExp | null]>([
    ['a fresh one', { class: 'R2', approval: 'none' }, {}, {}, null],
    ['one that is too old', { class: 'R2', approval: 'none', maxAge: 'PT30M' }, {}, {}, /longer ago than the contract allows/],
    ['one that is just young enough', { class: 'R2', approval: 'none', maxAge: 'PT1H' }, {}, {}, null],
    ['one in another operation', { class: 'R2', approval: 'none' }, { earlier: earlier('pending', true) }, {}, /is replaying it/],
    ['one whose replay is unknown', { class: 'R2', approval: 'none' }, { earlier: earlier('unknown') }, {}, /ended as unknown/],
    ['one that a crash left in the air', { class: 'R2', approval: 'none' }, { earlier: earlier('sending') }, {}, /ended as unknown/],
    ['an unknown one with the override', { class: 'R2', approval: 'none' }, { earlier: earlier('unknown') }, { overrideUnknown: true }, null],
    ['one that failed again', { class: 'R2', approval: 'none' }, { earlier: earlier('rejected') }, {}, null],
    ['one without evidence', R1, {}, {}, /names no probe/],
    ['one without evidence, on two people’s word', R1, {}, { hasAttestation: true }, null],
  ])('%s', (_, policy, told, request, refusal) => {
    const verdict = judgeCandidate(flow({ replay: policy }), { ...candidate, ...told }, { ...asked, ...request });
    if (refusal === null) expect(verdict).toEqual({ eligible: true });
    else expect(verdict).toMatchObject({ eligible: false, reason: expect.stringMatching(refusal) as string, instead: expect.stringMatching(/./) as string });
  });

  it('keeps back what the receiver has already', () => {
    const spec = { replay: { class: 'R2', approval: 'none' }, deadLetter: { reasons: [{ code: 'DUPLICATE_CLAIM', retryable: false, route: 'billing', duplicate: true }, { code: 'ERP_503', retryable: true, route: 'oncall' }] } };
    const judge = (reason: string) => judgeCandidate(flow(spec), { itemKey: 'a', failedAt: NOW, reason, earlier: null }, { now: NOW, overrideUnknown: false, hasAttestation: false });
    expect(judge('ERP_503')).toEqual({ eligible: true });
    expect(judge('DUPLICATE_CLAIM')).toMatchObject({ eligible: false, reason: expect.stringContaining('has it already') as string });
  });

  it('knows which preconditions nobody can ask', () => {
    expect(unaskable(flow({ replay: R1 }))).toEqual(['target-absence-proven']);
  });

  const extent = (amount: string, currency = 'USD') => extentOf([{ messageId: 'm', caseToken: 'c', amount, currency, facilityId: '', payerId: '' }]);
  it.each<[string, object | undefined, number, string, string[]]>([
    ['nothing', { class: 'R2', approval: 'none' }, 0, '1.00', ['nothing-eligible']],
    ['too many', { class: 'R2', approval: 'none', maxBatch: 5 }, 6, '1.00', ['batch-cap']],
    ['just enough', { class: 'R2', approval: 'none', maxBatch: 5 }, 5, '1.00', []],
    ['too much money', { class: 'R2', approval: 'none', maxAmount: { amount: '100.00', currency: 'USD' } }, 1, '100.0001', ['money-cap']],
    ['just so much money', { class: 'R2', approval: 'none', maxAmount: { amount: '100.00', currency: 'USD' } }, 1, '100', []],
    ['R0', { class: 'R0', approval: 'forbidden' }, 1, '1.00', ['never-replay']],
    ['no policy', undefined, 1, '1.00', ['contract-silent']],
  ])('locks %s', (_, policy, count, amount, codes) => {
    expect(replayLocks(flow(policy ? { replay: policy } : {}), { count, extent: extent(amount) }).map(({ code }) => code)).toEqual(codes);
  });

  it('cannot compare another currency than the cap’s, so it locks', () => {
    expect(replayLocks(flow({ replay: { class: 'R2', approval: 'none', maxAmount: { amount: '100.00', currency: 'USD' } } }), { count: 1, extent: extent('1.00', 'EUR') }).map(({ code }) => code)).toEqual(['money-cap']);
  });
});

describe('how much is touched', () => {
  const one = (told: Partial<Touched>): Touched => ({ messageId: 'm', caseToken: 'c', amount: '10.25', currency: 'USD', facilityId: 'north', payerId: 'aetna', ...told });

  it('counts the amount of a case once, whatever number of messages it has', () => {
    expect(extentOf([one({}), one({}), one({ caseToken: 'd', amount: '0.0001' })])).toMatchObject({ messages: '3', cases: 2, money: [{ amount: '10.2501', currency: 'USD' }] });
  });

  it('takes the amount of a case from the first message that has one', () => {
    expect(extentOf([one({ amount: '', currency: '' }), one({})]).money).toEqual([{ amount: '10.25', currency: 'USD' }]);
  });

  it('keeps currencies apart and says what names no case', () => {
    const extent = extentOf([one({ caseToken: '' }), one({ caseToken: 'e', currency: 'EUR' })]);
    expect(extent.money).toEqual([{ amount: '10.25', currency: 'EUR' }, { amount: '10.25', currency: 'USD' }]);
    expect(extent.note).toMatch(/1 of them name no case/);
  });

  it('never loses a ten-thousandth, however many there are', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(9_999_999), fc.nat(9_999)), { maxLength: 200 }), (amounts) => {
      const touched = amounts.map(([whole, places], index) => one({ caseToken: `c${index}`, amount: `${whole}.${String(places).padStart(4, '0')}` }));
      const expected = amounts.reduce((sum, [whole, places]) => sum + BigInt(whole) * 10_000n + BigInt(places), 0n);
      const [money] = extentOf(touched).money;
      const [whole = '0', places = ''] = (money?.amount ?? '0').split('.');
      expect(BigInt(whole) * 10_000n + BigInt(places.padEnd(4, '0'))).toBe(expected);
    }));
  });

  it('takes along from a hold whoever is rerouted, and does not know how many where not all copies are known', () => {
    const waiting = [one({}), one({ payerId: 'cigna' }), one({ payerId: 'cigna', facilityId: 'south' })];
    const whose = [{ payer: 'cigna', facility: 'north' }];
    expect(goingAlong(whose, waiting, '3')).toEqual({ touched: [waiting[1]], messages: '1' });
    expect(goingAlong(whose, waiting, '4')).toEqual({ touched: [waiting[1]], messages: null });
    expect(goingAlong(null, waiting, '4')).toEqual({ touched: waiting, messages: '4' });
    expect(goingAlong(whose, [], '0').messages).toBe('0');
  });

  it('names dimensions and counts what names none', () => {
    expect(dimensionsOf([one({}), one({ facilityId: '' }), one({ payerId: 'cigna' })])).toEqual({ facilities: ['north'], payers: ['aetna', 'cigna'], unknownFacility: 1, unknownPayer: 0 });
  });
});

describe('the interlocking', () => {
  const facts = (told: Partial<LeverFacts> = {}): LeverFacts => ({
    flow: flow({ pause: { allowed: true }, replay: { class: 'R2', approval: 'none' } }), channel: flow().spec.path[0]!.channel, sourceId: 'broker', hasCredentials: true, disabled: false,
    may: { plan: true, wholeFlow: true }, holds: { pause: null, reroute: null }, acting: null, ...told,
  });
  const open = (told: Partial<LeverFacts> = {}) => leversOf(facts(told)).filter(({ locked }) => locked === null).map(({ kind, method }) => method ?? kind);

  it('opens what can be done, and says for each of the others why not', () => {
    expect(open()).toEqual(['park', 'stop-consumers', 'replay']);
    for (const { locked, name } of leversOf(facts())) expect(locked ?? name).not.toBe('');
  });

  it.each<[string, Partial<LeverFacts>]>([
    ['the switch', { disabled: true }], ['missing permission', { may: { plan: false, wholeFlow: true } }], ['missing credentials', { hasCredentials: false }], ['another operation', { acting: 'a replay by x is running' }],
  ])('is shut by %s', (_, told) => {
    expect(open(told)).toEqual([]);
  });

  it('leaves a replay to a role that covers some payers', () => {
    expect(open({ may: { plan: true, wholeFlow: false } })).toEqual(['replay']);
  });

  it('offers canary and release while held, and a canary only where the hold lets one pass', () => {
    const hold = { method: 'park' as const, state: 'held', owner: 'me', canary: { possible: true, sentence: '' } };
    expect(open({ holds: { pause: hold, reroute: null } })).toEqual(['canary', 'release', 'replay']);
    expect(open({ holds: { pause: { ...hold, canary: { possible: false, sentence: 'A consumer that comes back takes a whole prefetch.' } }, reroute: null } })).toEqual(['release', 'replay']);
    expect(open({ holds: { pause: null, reroute: { ...hold, method: 'bindings' } } })).toEqual(['replay', 'restore']);
  });

  it('lets a reroute lie over a hold that keeps everybody else, and keeps that hold until it is restored', () => {
    const told = { flow: flow({ pause: { allowed: true }, replay: { class: 'R2', approval: 'none' }, reroute: { allowed: true, alternates: [] } }) };
    const hold = (method: HoldMethod) => ({ method, state: 'held', owner: 'me', canary: { possible: true, sentence: '' } });
    const lockOf = (kind: string, holds: LeverFacts['holds'], more: Partial<LeverFacts> = {}) => leversOf(facts({ ...told, ...more, holds })).find((lever) => lever.kind === kind)?.locked;
    expect(open({ ...told, holds: { pause: hold('park'), reroute: null } })).toEqual(['canary', 'release', 'replay', 'reroute']);
    expect(open({ ...told, holds: { pause: hold('park'), reroute: hold('bindings') } })).toEqual(['canary', 'replay', 'restore']);
    expect(lockOf('release', { pause: hold('park'), reroute: hold('bindings') })).toBe(REROUTED_FROM_HOLD);
    // What waits at stopped consumers does not depend on where new messages go.
    expect(open({ ...told, holds: { pause: hold('stop-consumers'), reroute: hold('bindings') } })).toEqual(['canary', 'release', 'replay', 'restore']);
    expect(lockOf('pause', { pause: null, reroute: hold('bindings') })).toContain(REROUTED_ALREADY);
    const table = { channel: { source: 's', kind: 'table', schema: 'public', table: 't' } as LeverFacts['channel'] };
    expect(lockOf('reroute', { pause: hold('row-gate'), reroute: null }, table)).toBeNull();
    expect(lockOf('reroute', { pause: hold('status-swap'), reroute: null }, table)).toMatch(/cannot lie over a hold of the kind "Mark rows as held"\. It can lie over "Close the row gate"/);
  });

  it('does not replay where nothing fails, or never', () => {
    expect(open({ flow: flow({ replay: { class: 'R0', approval: 'forbidden' } }) })).toEqual([]);
    expect(open({ channel: { source: 's', kind: 'route', method: 'POST', path: '/x' } })).toEqual(['cooperative']);
  });
});

describe('how it ended', () => {
  const told = { isWaiting: false, hasConfirm: true, stopped: false };
  it.each<[string, Parameters<typeof outcomeOf>[0], Partial<typeof told>, string | null]>([
    ['all confirmed', { confirmed: 3 }, {}, 'done'],
    ['some failed again', { confirmed: 2, rejected: 1 }, {}, 'partly-done'],
    ['none came through', { rejected: 1, unknown: 2 }, {}, 'failed'],
    ['stopped', { confirmed: 1, skipped: 4 }, { stopped: true }, 'aborted'],
    ['still awaited', { sent: 1 }, { isWaiting: true }, null],
    ['not eligible ones do not count', { confirmed: 1, 'not-eligible': 5 }, {}, 'done'],
  ])('%s', (_, items, more, state) => {
    expect(outcomeOf(items, { ...told, ...more })?.state ?? null).toBe(state);
  });

  const stages = outcomeStages(flow({ replay: { class: 'R2', approval: 'none', confirm: { stages: [{ name: '999', flow: 'charges', hop: 'outbox', leg: 'enter', within: 'PT1M' }, { name: '277CA', flow: 'charges', hop: 'outbox', leg: 'leave', within: 'PT1H' }] } } }));
  it.each<[string, Omit<Parameters<typeof judgeResult>[1], 'duplicates'>, string, RegExp]>([
    ['nothing yet', { reached: [false, false], failedAgain: null, waitedMs: 1_000 }, 'sent', /^$/],
    ['the first stage is overdue', { reached: [false, false], failedAgain: null, waitedMs: 61_000 }, 'unknown', /no 999/],
    ['the first stage came', { reached: [true, false], failedAgain: null, waitedMs: 61_000 }, 'sent', /^$/],
    ['the last stage is overdue', { reached: [true, false], failedAgain: null, waitedMs: 3_600_001 }, 'unknown', /no 277CA/],
    ['the result came though a stage was never seen', { reached: [false, true], failedAgain: null, waitedMs: 10 }, 'confirmed', /277CA/],
    ['it failed again', { reached: [true, false], failedAgain: 'ERP_503', waitedMs: 10 }, 'rejected', /ERP_503/],
    ['the receiver has it already', { reached: [true, false], failedAgain: 'DUPLICATE_CLAIM', waitedMs: 10 }, 'duplicate-suppressed', /has it already/],
    ['it came after failing once more', { reached: [true, true], failedAgain: 'ERP_503', waitedMs: 10 }, 'confirmed', /277CA/],
  ])('%s', (_, seen, state, note) => {
    expect(judgeResult(stages, { duplicates: new Set(['DUPLICATE_CLAIM']), ...seen })).toMatchObject({ state, note: expect.stringMatching(note) as string });
  });
});

describe('the budget of a hold', () => {
  const now = new Date('2026-11-27T12:00:00Z');
  const reviewBy = '2026-11-27T14:00:00Z';
  const waits = (caseToken: string, at: string) => ({ caseToken, seenMs: Date.parse(at) });

  it('puts the earliest harm first, and what has no instant last', () => {
    const budget = holdBudgetOf(flow({ slo: { deadline: 'PT1H' } }), [{ what: 'ttl', at: '2026-11-27T12:10:00Z', sentence: 'x' }, { what: 'length', at: null, sentence: 'y' }], { reviewBy, now, waiting: [] });
    expect(budget.earliest?.what).toBe('ttl');
    expect(budget.limits.map(({ what, at }) => [what, at])).toEqual([['ttl', '2026-11-27T12:10:00Z'], ['deadline of the contract', '2026-11-27T13:00:00.000Z'], ['review', reviewBy], ['length', null]]);
    expect(maxHoldMs(flow({ pause: { allowed: true, maxHold: 'PT4H' } }))).toBe(4 * 3_600_000);
  });

  it('counts from the oldest message that waits, and the cases that are late before the review', () => {
    const waiting = [waits('a', '2026-11-27T11:59:00Z'), waits('b', '2026-11-27T09:30:00Z'), waits('b', '2026-11-27T09:40:00Z'), waits('', '2026-11-27T10:00:00Z'), waits('', '2026-11-27T11:58:00Z')];
    const [first] = holdBudgetOf(flow({ slo: { deadline: 'PT3H' } }), [], { reviewBy, now, waiting }).limits;
    expect(first).toMatchObject({ what: 'deadline of the contract', at: '2026-11-27T12:30:00.000Z' });
    expect(first?.sentence).toContain('2 of 4 known cases are late before the review.');
    expect(holdBudgetOf(flow({ slo: { deadline: 'P2D' } }), [], { reviewBy, now, waiting }).limits[1]?.sentence).toContain('None of the known cases is late');
  });
});
