/** The plan of a ramp, out of the connector's plans of a canary and of the release. */
import { durationInWords } from '@/server/domain/health/words';
import type { ConnectorPlan, PlanLock } from '@/server/domain/operations/plan';
import { leastSeconds, rampSteps, stepWords, watchWords } from '@/server/domain/operations/ramp';
import type { Ramp } from '../act';
import type { BoundLevers } from '../bound-levers';
import type { HoldInPlace, LeverContext, LeverTarget } from '../levers';

export async function planRamp(levers: BoundLevers, target: LeverTarget, ramp: Ramp, context: LeverContext): Promise<ConnectorPlan> {
  const { hold, perSecond, watch, tolerate } = ramp;
  const release = await levers.plan(target, { kind: 'release', hold, perSecond }, context);
  const canary = await levers.plan(target, { kind: 'canary', hold, which: { by: 'count', count: 1 } }, context);
  const waiting = await waitingBehind(levers, target, hold, context) ?? numberOf(release.waiting);
  const steps = rampSteps(waiting ?? 0);
  const least = leastSeconds(steps, watch);
  return {
    ...release,
    steps: [
      ...steps.slice(0, -1).map((step) => `Let ${stepWords(step)} of what waits pass the hold, oldest first, then wait until ${watchWords(watch)}${watch.for === 'stage' ? `, at most ${durationInWords(watch.withinMs)} for each` : ''}.`),
      `Only when that went well: release the rest. ${release.steps.join(' ')}`,
      `${tolerate === 0 ? 'As soon as one of them fails again or stays without a result' : `As soon as more than ${tolerate} of them fail again or stay without a result`}, nothing more goes: all others stay held.`,
      least > 0 ? `This takes at least ${least} s.` : 'How long it takes is up to the outcome that is awaited.',
    ],
    guarantee: { ...release.guarantee, survivesRestart: `${release.guarantee.survivesRestart} A ramp goes on at the step where it was.` },
    willNot: [...new Set([...canary.willNot, ...release.willNot])],
    warnings: [...release.warnings, 'Messages of the last step are not watched one by one.'],
    locks: [...release.locks, ...locksBeside(release.locks, canary.locks), ...(waiting === 0 && release.locks.length + canary.locks.length === 0 ? [NOTHING_WAITS] : [])],
    waiting: waiting === null ? release.waiting : String(waiting),
    undo: 'What has gone cannot be called back. A ramp can be stopped at any time; what has not gone stays held.',
    estimatedSeconds: release.estimatedSeconds === null ? null : release.estimatedSeconds + least,
    topology: { release: release.topology, canary: canary.topology, watch: watch.for === 'stage' ? { stage: watch.stage, withinMs: watch.withinMs } : { seconds: watch.seconds } },
    action: { release: release.action, canary: canary.action },
  };
}

const NOTHING_WAITS: PlanLock = { code: 'nothing-waits', sentence: 'Nothing waits behind the hold, so a ramp has nothing to watch. Release without a ramp.' };

/** What keeps canaries from passing keeps a ramp from beginning. */
function locksBeside(known: readonly PlanLock[], locks: readonly PlanLock[]): PlanLock[] {
  return locks.filter(({ code }) => !known.some((lock) => lock.code === code)).map(({ code, sentence }) => ({ code, sentence: `A ramp begins with a canary. ${sentence}` }));
}

/** As it is measured now; null where nobody could tell. */
export async function waitingBehind(levers: BoundLevers, target: LeverTarget, hold: HoldInPlace, context: LeverContext): Promise<number | null> {
  const { figures } = await levers.observe(target, hold, context);
  return numberOf(figures['parked'] ?? figures['waiting'] ?? null);
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
