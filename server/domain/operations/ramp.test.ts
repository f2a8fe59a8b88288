import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flowSchema } from '../contracts/flow-schema';
import { judgeStep, leastSeconds, MOST_WATCHED, rampSteps, rampWatch, tallyOf, type RampWatch } from './ramp';

function flow(confirm?: object) {
  return flowSchema.parse({
    apiVersion: 'signalbox/v1', kind: 'Flow', metadata: { id: 'charges', owner: { technical: 'integration-billing' } },
    spec: { path: [{ id: 'outbox', channel: { source: 'broker', kind: 'queue', name: 'work' } }], ...(confirm === undefined ? {} : { replay: { class: 'R2', approval: 'none', confirm } }) },
  });
}

const accepted = { flow: 'charges', hop: 'outbox', leg: 'enter', within: 'PT1M' };
const posted = { flow: 'charges', hop: 'outbox', leg: 'leave', within: 'PT1H' };
const staged = flow({ stages: [{ name: 'accepted', ...accepted }, { name: 'posted', ...posted }] });

describe('the steps of a ramp', () => {
  it.each([
    [1, [1, null]],
    [5, [1, null]],
    [20, [1, 1, null]],
    [100, [1, 9, null]],
    [101, [2, 9, null]],
    [12_345, [124, 1_111, null]],
    [5_000_000, [MOST_WATCHED, MOST_WATCHED, null]],
  ])('of %i that wait', (waiting, messages) => {
    expect(rampSteps(waiting).map((step) => step.messages)).toEqual(messages);
  });

  it('never send more than waited, begin with at least one, and end with all', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 10_000_000 }), (waiting) => {
      const steps = rampSteps(waiting);
      const watched = steps.slice(0, -1).map(({ messages }) => messages ?? 0);
      expect(watched.every((messages) => messages >= 1)).toBe(true);
      expect(watched.reduce((sum, messages) => sum + messages, 0)).toBeLessThanOrEqual(Math.max(1, Math.ceil(waiting / 10)));
      expect(steps.at(-1)).toEqual({ percent: 100, messages: null });
    }));
  });

  it('take at least the quiet time of each watched one', () => {
    expect(leastSeconds(rampSteps(100), { for: 'quiet', seconds: 60 })).toBe(120);
    expect(leastSeconds(rampSteps(5), { for: 'quiet', seconds: 60 })).toBe(60);
  });
});

describe('what a ramp watches', () => {
  it.each<[string, Parameters<typeof rampWatch>, Partial<RampWatch>]>([
    ['the business result, where nothing is said', [{ tolerate: 0 }, staged], { for: 'stage', stage: 'posted', withinMs: 3_600_000 }],
    ['the stage that is named', [{ stage: 'accepted', tolerate: 0 }, staged], { for: 'stage', stage: 'accepted', withinMs: 60_000 }],
    ['the one evidence of a contract without stages', [{ tolerate: 0 }, flow(posted)], { for: 'stage', stage: 'departure from outbox' }],
    ['a minute of quiet, where the contract names nothing', [{ tolerate: 0 }, flow()], { for: 'quiet', seconds: 60 }],
    ['the quiet that is asked for', [{ quietSeconds: 10, tolerate: 0 }, flow()], { for: 'quiet', seconds: 10 }],
  ])('is %s', (_, [asked, contract], watch) => {
    expect(rampWatch(asked, contract)).toMatchObject({ watch });
  });

  it('knows the stages up to the one that it is at', () => {
    expect(rampWatch({ stage: 'accepted', tolerate: 0 }, staged)).toMatchObject({ watch: { stages: [{ name: 'accepted' }] } });
  });

  it.each<[string, Parameters<typeof rampWatch>, object]>([
    ['a stage that there is not', [{ stage: 'paid', tolerate: 0 }, staged], { field: 'stage', problem: expect.stringContaining('accepted, posted') as string }],
    ['a stage of a contract without one', [{ stage: 'paid', tolerate: 0 }, flow()], { field: 'stage' }],
    ['quiet where a result can be seen', [{ quietSeconds: 60, tolerate: 0 }, staged], { field: 'quietSeconds' }],
  ])('refuses %s', (_, [asked, contract], refused) => {
    expect(rampWatch(asked, contract)).toMatchObject(refused);
  });
});

describe('after a step', () => {
  const none = { badBefore: 0, tolerate: 0 };
  it.each<[string, Parameters<typeof tallyOf>, Parameters<typeof judgeStep>[1], string]>([
    ['all confirmed', [{ confirmed: 3 }, { inStage: 0, sentIsGood: false }], none, 'go-on'],
    ['one is still awaited', [{ confirmed: 2, sent: 1 }, { inStage: 0, sentIsGood: false }], none, 'wait'],
    ['all seen at an earlier stage', [{ sent: 3 }, { inStage: 3, sentIsGood: false }], none, 'go-on'],
    ['one failed again', [{ confirmed: 2, rejected: 1 }, { inStage: 0, sentIsGood: false }], none, 'stop'],
    ['one failed again while others are awaited', [{ sent: 2, rejected: 1 }, { inStage: 0, sentIsGood: false }], none, 'stop'],
    ['one without a result in time', [{ confirmed: 2, unknown: 1 }, { inStage: 0, sentIsGood: false }], none, 'stop'],
    ['as many failed as are tolerated', [{ confirmed: 1, rejected: 2 }, { inStage: 0, sentIsGood: false }], { badBefore: 0, tolerate: 2 }, 'go-on'],
    ['too many together with former steps', [{ confirmed: 1, rejected: 2 }, { inStage: 0, sentIsGood: false }], { badBefore: 1, tolerate: 2 }, 'stop'],
    ['quiet', [{ sent: 3 }, { inStage: 0, sentIsGood: true }], none, 'go-on'],
    ['not quiet yet', [{ sent: 3 }, { inStage: 0, sentIsGood: false }], none, 'wait'],
    ['one is not even sent', [{ pending: 1, sent: 2 }, { inStage: 2, sentIsGood: false }], none, 'wait'],
  ])('%s', (_, [items, told], tolerance, verdict) => {
    expect(judgeStep(tallyOf(items, told), tolerance)).toBe(verdict);
  });
});
