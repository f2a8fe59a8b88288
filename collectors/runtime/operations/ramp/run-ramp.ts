/** Carries a ramp out: a canary of 1 %, one of 10 %, then the release, each only after what became of the one before was good. */
import { z } from 'zod';
import type { Json } from '@/server/domain/canonical-json';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import { rampSteps, stepWords, watchWords, type RampStep, type ShownStep, type StepTally } from '@/server/domain/operations/ramp';
import { itemsBehind } from '@/server/services/operations/engine/item-journal';
import type { OperationRow } from '@/server/services/operations/operation-rows';
import type { Ramp } from '../act';
import type { BoundLevers } from '../bound-levers';
import type { Engine } from '../engine';
import type { LeverResult, LeverRun, LeverTarget } from '../levers';
import { waitingBehind } from './plan-ramp';
import { partOfRun } from './part-of-run';
import { watchStep, type WatchedStep } from './watch-step';

export interface RampResult extends LeverResult {
  steps: ShownStep[];
  /** It has stopped itself: what went wrong is in the sentence, and what has not gone is held on. */
  isReheld: boolean;
}

export interface RampRun extends LeverRun {
  /** Writes notes, timeline and audit event of a step together. */
  step(record: Json, told: { sentence: string; endsHold: boolean }): Promise<void>;
}

/** Where a ramp is; all that the next life needs. */
const place = z.object({
  waiting: z.number().int(), step: z.number().int(), phase: z.enum(['sending', 'watching']),
  /** Position in the journal behind which the items of this step stand. */
  base: z.number().int(),
  bad: z.number().int(),
  /** How former steps ended, one sentence each. */
  ended: z.array(z.string()),
  /** Of the connector, for the act of this step. */
  act: z.json(),
});
type Place = Omit<z.infer<typeof place>, 'act'> & { act: Json };

const actions = z.object({ release: z.json(), canary: z.json() });

export async function runRamp(engine: Engine, row: OperationRow, { levers, target, request: ramp }: { levers: BoundLevers; target: LeverTarget; request: Ramp }, plan: ConnectorPlan, run: RampRun): Promise<RampResult> {
  const { hold, perSecond, watch } = ramp;
  const { release, canary } = actions.parse(plan.action);
  let at: Place = place.safeParse(run.recorded).data ?? await begin();
  const steps = rampSteps(at.waiting);
  for (;;) {
    const step = steps[at.step]!;
    if (step.messages === null) return await theRest();
    if (at.phase === 'sending') {
      const sent = await levers.execute(target, { kind: 'canary', hold, which: { by: 'count', count: step.messages }, perSecond }, { ...plan, action: canary }, part());
      if (!sent.complete && run.stopRequested()) return end(`${sent.sentence} All others stay held.`, false);
      const gone = await inThisStep();
      if (gone === 0) return end(`${sent.sentence} So there is nothing to watch: release without a ramp.`, true);
      // Not taken in time, for one.
      if (!sent.complete) return end(`${sent.sentence} All others stay held. Look at the receiver, then ask for another ramp.`, true);
      await move({ ...at, phase: 'watching', act: {} }, `${capital(stepWords(step))}: ${gone} sent. Next: wait until ${watchWords(watch)}.`);
    }
    const seen = await watchStep(engine, row, ramp, run, { base: at.base, badBefore: at.bad, show: (sentence) => run.progress({ sentence: `${capital(stepWords(step))}: ${sentence}`, steps: shown('watching', sentence) }) });
    if (seen.verdict === 'stopped-by-somebody') return end(`Stopped after ${stepWords(step)}, while its outcome was awaited. All others stay held.`, false);
    if (seen.verdict === 'stop') return end(problemWords(step, seen), true);
    await goOn(step, seen.tally);
  }

  async function begin(): Promise<Place> {
    const waiting = await waitingBehind(levers, target, hold, run) ?? Number(plan.waiting ?? 0);
    const first: Place = { waiting, step: 0, phase: 'sending', base: 0, bad: 0, ended: [], act: {} };
    await run.step(first, { sentence: `${waiting} ${waiting === 1 ? 'message waits' : 'messages wait'}. First: ${stepWords(rampSteps(waiting)[0]!)}.`, endsHold: false });
    return first;
  }

  async function goOn(step: RampStep, { passed, bad }: StepTally): Promise<void> {
    const next = steps[at.step + 1]!;
    const ended = `${passed} good${bad > 0 ? `, ${bad} bad, which is tolerated` : ''}.`;
    await move({ ...at, step: at.step + 1, phase: 'sending', base: at.base + await inThisStep(), bad: at.bad + bad, ended: [...at.ended, ended], act: {} }, `${capital(stepWords(step))}: ${ended} Next: ${stepWords(next)}.`, next.messages === null);
  }

  async function theRest(): Promise<RampResult> {
    const result = await levers.execute(target, { kind: 'release', hold, perSecond }, { ...plan, action: release }, part());
    const moved = at.base + (result.moved ?? 0);
    return { ...result, moved: result.moved === null ? null : moved, steps: shown(result.complete ? 'passed' : 'stopped', result.sentence), isReheld: false, sentence: `${at.base} went in steps and were good. Then: ${result.sentence}` };
  }

  async function move(to: Place, sentence: string, endsHold = false): Promise<void> {
    await run.step(to, { sentence, endsHold });
    at = to;
    run.progress({ sentence, moved: at.base, steps: shown(at.phase, sentence) });
  }

  function part(): LeverRun {
    return partOfRun(run, {
      base: at.base, recorded: () => at.act,
      remember: async (act) => {
        const noted = { ...at, act };
        await run.remember(noted);
        at = noted;
      },
      steps: (sentence) => shown('sending', sentence),
    });
  }

  async function inThisStep(): Promise<number> {
    return (await itemsBehind(engine.db, row.id, at.base)).length;
  }

  async function end(sentence: string, isReheld: boolean): Promise<RampResult> {
    return { sentence, moved: at.base + await inThisStep(), possibleDuplicates: 0, complete: false, isReheld, steps: shown('stopped', sentence) };
  }

  function shown(state: ShownStep['state'], sentence: string): ShownStep[] {
    return steps.map(({ percent, messages }, index) => ({
      percent, messages,
      ...(index < at.step ? { state: 'passed' as const, sentence: at.ended[index] ?? '' } : index === at.step ? { state, sentence } : { state: 'ahead' as const, sentence: '' }),
    }));
  }
}

function problemWords(step: RampStep, { tally, firstProblem }: WatchedStep): string {
  const awaited = tally.open > 0 ? `; ${tally.open} are still awaited` : '';
  return `The ramp stopped itself at ${stepWords(step)}: ${tally.bad} went wrong${awaited}. ${firstProblem} All others stay held. Find out why; then ask for another ramp, and replay what failed.`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
