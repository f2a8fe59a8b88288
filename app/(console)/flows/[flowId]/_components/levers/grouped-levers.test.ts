import { describe, expect, it } from 'vitest';
import type { LeverView } from '@/server/services/operations/operation-view';
import { holdOf } from '../../../../operations/_words/testing/planned';
import { shownLevers } from './grouped-levers';

const lever = (kind: LeverView['kind'], locked: string | null = null, method: LeverView['method'] = null): LeverView => ({ kind, method, name: kind, does: `${kind}s`, locked });
const ALL = [lever('pause', null, 'park'), lever('pause', 'No own user.', 'stop-consumers'), lever('canary'), lever('release'), lever('replay'), lever('reroute', 'Forbidden.'), lever('restore')];

describe('the frame', () => {
  it('has one lever per verb, and those of a hold only while there is one', () => {
    expect(shownLevers({ levers: ALL, holds: [] }).map(({ kind }) => kind)).toEqual(['pause', 'replay', 'reroute']);
    expect(shownLevers({ levers: ALL, holds: [holdOf()] }).map(({ kind }) => kind)).toEqual(['pause', 'canary', 'release', 'replay', 'reroute']);
    expect(shownLevers({ levers: ALL, holds: [holdOf({ kind: 'reroute', state: 'active' })] }).map(({ kind }) => kind)).toEqual(['pause', 'replay', 'reroute', 'restore']);
  });

  it('can be pulled as long as one method is free', () => {
    const [pause] = shownLevers({ levers: ALL, holds: [] });
    expect(pause).toEqual({ kind: 'pause', name: 'Pause', does: 'Park new messages, or stop the consumers.', locks: [] });
  });

  it('says each reason once where all methods are locked', () => {
    const locked = [lever('pause', 'Observe-only.', 'park'), lever('pause', 'Observe-only.', 'stop-consumers')];
    expect(shownLevers({ levers: locked, holds: [] })[0]?.locks).toEqual(['Observe-only.']);
  });
});
