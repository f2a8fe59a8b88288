import { describe, expect, it } from 'vitest';
import { OPERATION_STATES } from '@/server/domain/operations/operation-states';
import { actorWords, isMoving, isUndecided, operationTitle, plainActors, stateLook, whereWords } from './operation-words';

describe('who did something', () => {
  it.each([
    ['user:nora@hospital.example', 'nora@hospital.example'],
    ['token:nightly:job', 'the token nightly:job'],
    ['system:cli', 'Signalbox (cli)'],
    ['nobody', 'nobody'],
  ])('%s', (label, words) => expect(actorWords(label)).toBe(words));

  it('is an address in sentences too, and other words that look alike stay', () => {
    expect(plainActors('user:nora@hospital.example took it over from user:ben@hospital.example: the user:middleware is stopped')).toBe(
      'nora@hospital.example took it over from ben@hospital.example: the user:middleware is stopped',
    );
  });
});

it('names an operation by its lever and its flow, and where it acts', () => {
  expect(operationTitle({ kind: 'replay', flowName: 'Charges' })).toBe('Replay of Charges');
  expect(whereWords({ hopId: 'outbox', method: null })).toBe('hop outbox');
  expect(whereWords({ hopId: 'outbox', method: 'park' })).toBe('hop outbox, park new messages');
});

it('gives every state a word and a shape, and each is moving, undecided or at rest', () => {
  for (const state of OPERATION_STATES) expect(stateLook(state).word).not.toBe('');
  expect(OPERATION_STATES.filter(isMoving)).toEqual(['draft', 'approved', 'running', 'verifying']);
  expect(OPERATION_STATES.filter(isUndecided)).toEqual(['draft', 'planned']);
});
