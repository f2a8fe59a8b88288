/** What the runtime does at a source: one act of a connector, or a ramp, which is made of several. */
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { RampWatch } from '@/server/domain/operations/ramp';
import type { BoundLevers } from './bound-levers';
import type { HoldInPlace, LeverContext, LeverRequest, LeverTarget } from './levers';
import { planRamp } from './ramp/plan-ramp';

/** Connectors know nothing of it: they are asked for canaries of growing size, then for the release. */
export interface Ramp {
  kind: 'ramp';
  hold: HoldInPlace;
  perSecond: number | null;
  watch: RampWatch;
  tolerate: number;
}

export type Act = LeverRequest | Ramp;

/** @throws Error with a sentence for people when the source cannot be looked at */
export function planAct(levers: BoundLevers, target: LeverTarget, act: Act, context: LeverContext): Promise<ConnectorPlan> {
  return act.kind === 'ramp' ? planRamp(levers, target, act, context) : levers.plan(target, act, context);
}
