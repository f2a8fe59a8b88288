/** What a plan over several channels says as a whole, and when a step counts as held. */
import { describe, expect, it } from 'vitest';
import type { Channel } from '../contracts/channel';
import { combinedAct } from './combined-act';
import type { HoldMethod } from './kinds';
import type { ConnectorPlan } from './plan';
import { operationRequest } from './request';
import { acceptHold, DRAIN_PATIENCE_MS } from './step-acceptance';
import { collidingSteps } from './step-locks';

const act = (told: Partial<ConnectorPlan>): ConnectorPlan => ({
  steps: ['Bind.'], receivers: [], guarantee: { delivery: 'exactly-once', order: 'kept', survivesRestart: '', inFlight: '' }, willNot: [], warnings: [], locks: [],
  waiting: '0', unsettled: '0', limits: [], canary: null, nativeCommands: [], undo: '', estimatedSeconds: 3, topology: {}, action: {}, ...told,
});

describe('the whole of several channels', () => {
  it('names the hop in every sentence, promises no more than the weakest, and locks as soon as one is locked', () => {
    const whole = combinedAct('pause', [
      { hopId: 'intake', act: act({ warnings: ['Slow.'], waiting: '3', unsettled: '2', limits: [{ what: 'time to live', at: '2026-11-27T15:00:00Z', sentence: 'It is dropped.' }], nativeCommands: [{ what: 'See', command: 'ctl' }] }) },
      { hopId: 'posting', act: act({ waiting: '4', unsettled: null, guarantee: { delivery: 'at-least-once', order: '', survivesRestart: 'yes', inFlight: '' }, locks: [{ code: 'no-gate', sentence: 'There is no gate.' }], estimatedSeconds: 4 }) },
    ]);
    expect(whole).toMatchObject({
      warnings: ['intake: Slow.'], waiting: '7', unsettled: '2', locks: [{ code: 'no-gate', sentence: 'posting: There is no gate.' }], estimatedSeconds: 7,
      limits: [{ what: 'time to live (intake)', sentence: 'intake: It is dropped.' }], nativeCommands: [{ what: 'intake: See', command: 'ctl' }],
      guarantee: { delivery: 'at-least-once', order: 'intake: kept', survivesRestart: 'posting: yes' },
    });
    expect(whole.steps.slice(1)).toEqual(['intake: Bind.', 'posting: Bind.']);
    expect(whole.willNot[0]).toContain('taken back in reverse order');
  });

  it('does not add up what is not known', () => {
    const whole = combinedAct('release', [{ hopId: 'a', act: act({ waiting: null, unsettled: null, estimatedSeconds: null }) }, { hopId: 'b', act: act({ waiting: '4', unsettled: null }) }]);
    expect(whole).toMatchObject({ waiting: null, unsettled: null, estimatedSeconds: null, canary: null });
  });
});

const queue = (name: string, exchange = 'events', source = 'broker'): Channel => ({ source, kind: 'queue', vhost: '/', name, exchange });
const step = (hopId: string, channel: Channel, method: HoldMethod, ...alone: string[]) => ({ hopId, channel, method, alone });

describe('steps that stand in each other’s way', () => {
  it.each([
    ['two that divert one exchange', [step('a', queue('one'), 'park'), step('b', queue('two'), 'park')], ['a and b cannot be held by one operation in this way: both get their messages from exchange "events", which is diverted once. Stop the consumers of one of them.']],
    ['two of one gate', [step('a', { source: 'api', kind: 'route', method: 'POST', path: '/a' }, 'cooperative'), step('b', { source: 'api', kind: 'route', method: 'POST', path: '/b' }, 'cooperative')], [expect.stringContaining('a flow has one gate')]],
    ['two that stop one broker user', [step('a', queue('one'), 'stop-consumers', 'broker user "erp"'), step('b', queue('two'), 'stop-consumers', 'broker user "billing"', 'broker user "erp"')], [expect.stringMatching(/^a and b cannot be held by one operation in this way: both act on broker user "erp", .* give each application a user of its own\.$/)]],
    ['users of one name at two brokers', [step('a', queue('one'), 'stop-consumers', 'broker user "erp"'), step('b', queue('two', 'events', 'second'), 'stop-consumers', 'broker user "erp"')], []],
    ['another exchange', [step('a', queue('one'), 'park'), step('b', queue('two', 'other'), 'park')], []],
    ['another broker', [step('a', queue('one'), 'park'), step('b', queue('two', 'events', 'second'), 'park')], []],
    ['another method', [step('a', queue('one'), 'park'), step('b', queue('two'), 'stop-consumers')], []],
  ] as const)('%s', (_, steps, sentences) => {
    expect(collidingSteps(steps).map(({ sentence }) => sentence)).toEqual(sentences);
  });
});

describe('when the next step may begin', () => {
  it.each<[string, HoldMethod, string, number, boolean | null]>([
    ['held', 'park', 'held', 0, true],
    ['drains, and is waited for', 'park', 'draining', DRAIN_PATIENCE_MS - 1, null],
    ['drains for too long', 'park', 'draining', DRAIN_PATIENCE_MS, true],
    ['leaks, and is waited for', 'park', 'leaking', 0, null],
    ['leaks', 'park', 'leaking', DRAIN_PATIENCE_MS, false],
    ['leaks as it said it would', 'status-swap', 'leaking', DRAIN_PATIENCE_MS, true],
    ['was taken away', 'row-gate', 'dropped', DRAIN_PATIENCE_MS, false],
    ['nobody could look', 'row-gate', 'unreachable', 10 * DRAIN_PATIENCE_MS, null],
  ])('%s', (_, method, state, waitedMs, accepted) => {
    expect(acceptHold(method, { state, sentence: 'As seen.' }, waitedMs)?.accepted ?? null).toBe(accepted);
  });
});

describe('asking for several', () => {
  const about = { id: '0193a5e0-0000-7000-8000-000000000001', flowId: 'charges', hopId: 'a' };
  const pause = (further: unknown) => operationRequest.safeParse({ kind: 'pause', ...about, method: 'park', reviewBy: '2026-11-27T14:00:00Z', further }).success;

  it('takes two to eight, and one in the form that it always had', () => {
    const more = (count: number) => Array.from({ length: count }, (_, index) => ({ hopId: `b${index}`, method: 'park' }));
    expect([undefined, more(1), more(7)].map(pause)).toEqual([true, true, true]);
    expect([[], more(8), [{ hopId: 'b' }], [{ hopId: 'b', method: 'wish' }]].map(pause)).toEqual([false, false, false, false]);
  });
});
