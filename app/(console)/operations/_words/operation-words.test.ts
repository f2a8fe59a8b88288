import { expect, it } from 'vitest';
import { OPERATION_STATES } from '@/server/domain/operations/operation-states';
import { isMoving, isUndecided, operationTitle, stateLook, whereWords } from './operation-words';

it('names an operation by its lever and its flow, and where it acts', () => {
  expect(operationTitle({ kind: 'replay', flowName: 'Charges' })).toBe('Replay of Charges');
  expect(whereWords({ hopId: 'outbox', method: null, moreChannels: 0 })).toBe('hop outbox');
  expect(whereWords({ hopId: 'outbox', method: 'park', moreChannels: 0 })).toBe('hop outbox, park new messages');
  expect(whereWords({ hopId: 'outbox', method: 'park', moreChannels: 1 })).toBe('hop outbox and 1 more channel');
});

it('gives every state a word and a shape, and each is moving, undecided or at rest', () => {
  for (const state of OPERATION_STATES) expect(stateLook(state).word).not.toBe('');
  expect(OPERATION_STATES.filter(isMoving)).toEqual(['draft', 'approved', 'running', 'verifying']);
  expect(OPERATION_STATES.filter(isUndecided)).toEqual(['draft', 'planned']);
});
