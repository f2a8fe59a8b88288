import { expect, it } from 'vitest';
import type { OperationSummary } from '@/server/services/operations/operation-view';
import { operationMarks } from './operation-marks';

const operation = (over: Partial<OperationSummary>): OperationSummary => ({
  id: 'one', kind: 'pause', flowId: 'charges', flowName: 'Charges', hopId: 'outbox', channelId: 'rabbit:queue:/:charges', method: 'park', holdId: null, moreChannels: 0, state: 'done', summary: '',
  requestedBy: 'user:nora@hospital.example', requestedAt: '2026-11-27T14:00:00.000Z', approvedBy: null, emergency: false, reviewOpen: false, owner: '', startAt: null, finishedAt: null, undecided: 0, items: {}, ...over,
});

it('marks what acted, where it began, with its page', () => {
  expect(operationMarks([operation({}), operation({ id: 'two', kind: 'release', state: 'running', startAt: '2026-11-27T16:00:00.000Z' })])).toEqual([
    { at: '2026-11-27T14:00:00.000Z', word: 'Pause', href: '/operations/one' },
    { at: '2026-11-27T16:00:00.000Z', word: 'Release', href: '/operations/two' },
  ]);
});

it('does not mark what was only asked for, refused or given up', () => {
  const states = ['draft', 'planned', 'awaiting-approval', 'failed', 'aborted'] as const;
  expect(operationMarks(states.map((state) => operation({ state })))).toEqual([]);
});
