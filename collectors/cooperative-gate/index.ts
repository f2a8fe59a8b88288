import { executeGate } from './execute-gate';
import type { CooperativeLevers } from './levers';
import { observeGate } from './observe-gate';
import { planGate } from './plan-gate';

export type { CooperativeLevers, GateContext, GateRun } from './levers';

/** Pause, release, reroute and restore of what asks the gate. Canary and replay are locked. */
export const cooperativeLevers: CooperativeLevers = {
  plan: planGate,
  execute: (target, request, _plan, run) => executeGate(target, request, run),
  // The gate follows the hold: when that is over, nothing is left of it.
  undo: async () => undefined,
  observe: observeGate,
  reassert: async () => undefined,
};
