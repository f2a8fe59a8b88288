/** Which failed messages may be replayed, by the contract's class, age, caps and preconditions. Fails closed. */
import type { FlowContract } from '../contracts/flow-schema';
import { parseDurationMs } from '../contracts/iso-duration';
import { exceeds } from '../money';
import type { Extent, PlanLock } from './plan';
import { duplicateReasons } from './outcome';

export interface ReplayCandidate {
  itemKey: string;
  failedAt: Date;
  reason: string;
  /** Where an earlier or open operation left this item; null where none touched it. */
  earlier: { operationId: string; state: string; isOpen: boolean } | null;
}

export type Eligibility = { eligible: true } | { eligible: false; reason: string; instead: string };

const ELIGIBLE: Eligibility = { eligible: true };
const CHECK_BY_HAND = 'Find out at the receiver whether it arrived, then replay it with the override and the proof as its reason.';

/** Whether one message may be replayed at all, before anybody is asked. */
export function judgeCandidate(flow: FlowContract, candidate: ReplayCandidate, request: { now: Date; overrideUnknown: boolean; hasAttestation: boolean }): Eligibility {
  const { replay } = flow.spec;
  const instead = replay?.insteadOfReplay ?? `Ask ${flow.metadata.owner.technical ?? flow.metadata.owner.business ?? 'the owner of the flow'}.`;
  if (replay?.maxAge !== undefined) {
    const maxAgeMs = parseDurationMs(replay.maxAge) ?? 0;
    if (request.now.getTime() - candidate.failedAt.getTime() > maxAgeMs) return { eligible: false, reason: `It failed longer ago than the contract allows (${replay.maxAge}).`, instead };
  }
  const { earlier } = candidate;
  if (earlier?.isOpen) return { eligible: false, reason: `Operation ${earlier.operationId} is replaying it.`, instead: 'Wait for its end, then look at the outcome.' };
  if ((earlier?.state === 'unknown' || earlier?.state === 'sending') && !request.overrideUnknown) {
    return { eligible: false, reason: `Its last replay (operation ${earlier.operationId}) ended as unknown: it may have arrived.`, instead: CHECK_BY_HAND };
  }
  if (duplicateReasons(flow).has(candidate.reason)) {
    return { eligible: false, reason: `The receiver has it already: it failed with ${candidate.reason}.`, instead: 'Nothing has to be sent. Look whether what the receiver has is right.' };
  }
  const unasked = unaskable(flow);
  if (unasked.length > 0 && !request.hasAttestation) {
    return { eligible: false, reason: `The contract demands ${unasked.join(' and ')}, and names no probe that could tell.`, instead: 'Prove it yourself and ask for the replay with that proof as its attestation; a second person must agree.' };
  }
  return ELIGIBLE;
}

/** Preconditions that no probe can answer: evidence is missing, so nothing is eligible without two people's word. */
export function unaskable(flow: FlowContract): string[] {
  return (flow.spec.replay?.preconditions ?? []).filter(({ probe }) => probe === undefined).map(({ check }) => check);
}

/** Caps and the class of the contract. */
export function replayLocks(flow: FlowContract, eligible: { count: number; extent: Extent }): PlanLock[] {
  const { replay } = flow.spec;
  if (replay === undefined) return [{ code: 'contract-silent', sentence: `The contract of ${flow.metadata.id} says nothing about replay, so nothing is replayed. Add spec.replay with its class.` }];
  if (replay.class === 'R0') return [{ code: 'never-replay', sentence: `Messages of ${flow.metadata.id} are never replayed (class R0). ${replay.insteadOfReplay ?? ''}`.trim() }];
  const locks: PlanLock[] = [];
  if (eligible.count === 0) locks.push({ code: 'nothing-eligible', sentence: 'None of the chosen messages may be replayed; the list says why for each.' });
  if (replay.maxBatch !== undefined && eligible.count > replay.maxBatch) {
    locks.push({ code: 'batch-cap', sentence: `${eligible.count} messages are more than the contract allows at once (${replay.maxBatch}). Choose fewer.` });
  }
  if (replay.maxAmount !== undefined) {
    const { maxAmount } = replay;
    const over = eligible.extent.money.filter((money) => exceeds(money, maxAmount));
    if (over.length > 0) locks.push({ code: 'money-cap', sentence: `${over.map(({ amount, currency }) => `${amount} ${currency}`).join(' and ')} is more than the contract allows at once (${maxAmount.amount} ${maxAmount.currency}). Choose fewer.` });
  }
  return locks;
}
