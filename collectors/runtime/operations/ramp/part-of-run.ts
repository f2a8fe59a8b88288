import type { Json } from '@/server/domain/canonical-json';
import type { ShownStep } from '@/server/domain/operations/ramp';
import type { LeverRun } from '../levers';

/**
 * The run of an operation as the act of one step has it: its own notes, and a journal in which former steps are not open, so
 * that they do not count as sent by it.
 */
export function partOfRun(run: LeverRun, told: { base: number; recorded: () => Json; remember: (record: Json) => Promise<void>; steps: (sentence: string) => ShownStep[] }): LeverRun {
  const progress: LeverRun['progress'] = ({ sentence, moved, left }) => run.progress({ sentence, steps: told.steps(sentence), ...(moved === undefined ? {} : { moved: told.base + moved }), ...(left === undefined ? {} : { left }) });
  const journal: LeverRun['journal'] = { ...run.journal, open: async () => (await run.journal.open()).filter(({ position }) => position > told.base) };
  // A run has getters, so it is extended and not copied.
  return Object.create(run, { recorded: { get: told.recorded }, remember: { value: told.remember }, progress: { value: progress }, journal: { value: journal } }) as LeverRun;
}
