/** How a replay or a canary ends, from what became of its items. */
import type { FlowContract } from '../contracts/flow-schema';
import { parseDurationMs } from '../contracts/iso-duration';
import { durationInWords } from '../health/words';
import type { ItemState } from './item-states';
import type { OperationState } from './operation-states';

/**
 * @param told `isWaiting`: results are still awaited; `hasConfirm`: the contract names a business result
 * @returns null while results are awaited
 */
export function outcomeOf(items: Partial<Record<ItemState, number>>, told: { isWaiting: boolean; hasConfirm: boolean; stopped: boolean }): { state: Extract<OperationState, 'done' | 'partly-done' | 'failed' | 'aborted'>; sentence: string } | null {
  if (told.isWaiting) return null;
  const n = (state: ItemState) => items[state] ?? 0;
  const parts = [
    [n('confirmed'), 'confirmed'], [n('duplicate-suppressed'), 'known to the receiver already'],
    [n('sent'), told.hasConfirm ? 'sent' : 'sent, and the contract names no business result to look for'],
    [n('rejected'), 'failed again'], [n('unknown'), 'unknown'], [n('skipped'), 'skipped'],
  ].filter((part): part is [number, string] => (part[0] as number) > 0);
  const sentence = parts.length === 0 ? 'Nothing was sent.' : `${parts.map(([count, word]) => `${count} ${word}`).join(', ')}.`;
  const good = n('confirmed') + n('duplicate-suppressed') + n('sent');
  const bad = n('rejected') + n('unknown') + n('skipped');
  if (told.stopped) return { state: 'aborted', sentence: `Stopped. ${sentence}` };
  if (bad === 0) return { state: 'done', sentence };
  return { state: good === 0 ? 'failed' : 'partly-done', sentence };
}

/** What becomes of an item that was sent. */
export const JUDGED_STATES = ['confirmed', 'duplicate-suppressed', 'rejected', 'unknown'] as const satisfies readonly ItemState[];
type JudgedState = (typeof JUDGED_STATES)[number] | 'sent';

/** A named result that the contract expects after sending, e.g. a 999, and how long after. */
export interface OutcomeStage {
  name: string;
  flow: string;
  hop: string;
  leg: 'enter' | 'leave';
  withinMs: number;
}

/** The stages of a contract in order; the last one is the business result. Empty where it names none. */
export function outcomeStages({ spec }: FlowContract): OutcomeStage[] {
  const confirm = spec.replay?.confirm;
  if (confirm === undefined) return [];
  const stages = 'stages' in confirm ? confirm.stages : [{ ...confirm, name: confirm.leg === 'leave' ? `departure from ${confirm.hop}` : `arrival at ${confirm.hop}` }];
  return stages.map(({ within, ...stage }) => ({ ...stage, withinMs: parseDurationMs(within) ?? 0 }));
}

/** Codes by which the receiver says that it has a message already, e.g. a payer that denies an exact duplicate. */
export function duplicateReasons({ spec }: Pick<FlowContract, 'spec'>): ReadonlySet<string> {
  return new Set((spec.deadLetter?.reasons ?? []).filter(({ duplicate }) => duplicate === true).map(({ code }) => code));
}

/**
 * What became of one item that was sent. The last stage confirms it, whatever was seen of the others; a stage that is overdue
 * makes it unknown, never a success.
 *
 * @param told `reached`: per stage, whether it was seen; `failedAgain`: the reason with which it failed after it was sent;
 * `duplicates`: those of the reasons by which the receiver says that it has the message
 */
export function judgeResult(stages: readonly OutcomeStage[], told: { reached: readonly boolean[]; failedAgain: string | null; waitedMs: number; duplicates: ReadonlySet<string> }): { state: JudgedState; note: string } {
  const last = stages.length - 1;
  if (told.reached[last]) return { state: 'confirmed', note: `Seen: ${stages[last]?.name}.` };
  if (told.failedAgain !== null && told.duplicates.has(told.failedAgain)) return { state: 'duplicate-suppressed', note: `The receiver has it already: ${told.failedAgain}.` };
  if (told.failedAgain !== null) return { state: 'rejected', note: `It failed again: ${told.failedAgain}.` };
  const overdue = stages.find(({ withinMs }, index) => !told.reached.slice(index).includes(true) && told.waitedMs > withinMs);
  return overdue === undefined ? { state: 'sent', note: '' } : { state: 'unknown', note: `Sent, and no ${overdue.name} was seen within ${durationInWords(overdue.withinMs)}.` };
}
