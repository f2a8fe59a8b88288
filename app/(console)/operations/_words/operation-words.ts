import { METHOD_WORDS, type OperationKind } from '@/server/domain/operations/kinds';
import { OPERATION_STATE_WORDS, type OperationState } from '@/server/domain/operations/operation-states';
import type { Status } from '@/server/domain/health/flow-view';
import type { OperationSummary } from '@/server/services/operations/operation-view';

/** Names of the levers; a release ends a pause. */
export const KIND_WORDS: Record<OperationKind, { name: string; noun: string }> = {
  pause: { name: 'Pause', noun: 'pause' },
  canary: { name: 'Canary', noun: 'canary' },
  release: { name: 'Release', noun: 'release' },
  replay: { name: 'Replay', noun: 'replay' },
  reroute: { name: 'Reroute', noun: 'reroute' },
  restore: { name: 'Restore', noun: 'restore' },
};

/** `Pause of Chargeable usage to billing`. */
export function operationTitle({ kind, flowName }: Pick<OperationSummary, 'kind' | 'flowName'>): string {
  return `${KIND_WORDS[kind].name} of ${flowName}`;
}

/** Where it acts and how: `hop outbox, park new messages`, `hop outbox and 2 more channels`. */
export function whereWords({ hopId, method, moreChannels }: Pick<OperationSummary, 'hopId' | 'method' | 'moreChannels'>): string {
  if (moreChannels > 0) return `hop ${hopId} and ${moreChannels} more ${moreChannels === 1 ? 'channel' : 'channels'}`;
  return method === null ? `hop ${hopId}` : `hop ${hopId}, ${METHOD_WORDS[method].name.toLowerCase()}`;
}

interface StateLook {
  word: string;
  /** Its shape is that of a status: square for bad ends, ring for good ones, two bars for what waits for people. */
  shape: Status;
}

const SHAPES: Record<OperationState, Status> = {
  draft: 'silent', planned: 'silent', 'awaiting-approval': 'held', approved: 'silent', running: 'silent', verifying: 'silent',
  'awaiting-confirmation': 'unknown', done: 'healthy', 'partly-done': 'degraded', failed: 'failing', aborted: 'silent',
};

export function stateLook(state: OperationState): StateLook {
  return { word: OPERATION_STATE_WORDS[state], shape: SHAPES[state] };
}

/** Somebody or something is at work now: look often. */
export function isMoving(state: OperationState): boolean {
  return state === 'draft' || state === 'approved' || state === 'running' || state === 'verifying';
}

/** The plan is there, and its requester has not said yes or no. */
export function isUndecided(state: OperationState): boolean {
  return state === 'draft' || state === 'planned';
}
