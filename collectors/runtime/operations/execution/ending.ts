/** How an execution ends, as the next state of its operation. */
import type { OperationState } from '@/server/domain/operations/operation-states';
import type { OperationRequest } from '@/server/domain/operations/request';
import type { changeState } from '@/server/services/operations/engine/run-operation';
import type { LeverResult } from '../levers';
import type { RampResult } from '../ramp/run-ramp';

type End = [to: OperationState, told: Parameters<typeof changeState>[3]];

/** Nothing was done in this call. */
export function whenStopped(sentence: string): LeverResult {
  return { sentence: `Stopped while waiting: ${sentence}`, moved: null, possibleDuplicates: 0, complete: false };
}

/** @param silence why nobody was asked any more, if so */
export function afterSilence<Result extends LeverResult>(result: Result, silence: string | null): Result {
  return silence === null ? result : { ...result, complete: false, sentence: `Stopped by itself: ${silence} ${result.sentence}` };
}

export function endOf(request: OperationRequest, result: LeverResult & Partial<RampResult>, now: Date): End {
  const duplicates = result.possibleDuplicates > 0 ? ` ${result.possibleDuplicates} of them may have arrived twice.` : '';
  const sentence = result.sentence + duplicates;
  const progress = { sentence, ...(result.moved === null ? {} : { moved: result.moved }), ...(result.steps === undefined ? {} : { steps: result.steps }) };
  const told = { sentence, now, progress };
  switch (request.kind) {
    case 'pause': return result.complete
      ? ['verifying', { ...told, hold: { state: 'draining', observation: sentence } }]
      : ['aborted', { ...told, hold: { state: 'leaking', observation: sentence } }];
    case 'reroute': return result.complete
      ? ['verifying', { ...told, hold: { state: 'active', observation: sentence } }]
      : ['aborted', { ...told, hold: { state: result.inPlace === false ? 'restored' : 'leaking', observation: sentence } }];
    case 'release': return result.complete
      // What a ramp has watched may still lack its last result.
      ? [request.ramp === undefined ? 'done' : 'verifying', { ...told, hold: { state: 'released', observation: sentence } }]
      // What is left stays held.
      : [result.isReheld ? 'partly-done' : 'aborted', { ...told, hold: { state: 'draining', observation: sentence } }];
    case 'restore': return result.complete
      ? ['done', { ...told, hold: { state: 'restored', observation: sentence } }]
      : ['aborted', { ...told, hold: { state: 'active', observation: sentence } }];
    case 'canary':
    case 'replay': return ['verifying', told];
  }
}
