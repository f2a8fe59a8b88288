import type { FlowContract } from '../contracts/flow-schema';
import { parseDurationMs } from '../contracts/iso-duration';

/** Where the contract sets no limit: a shift. Somebody then decides anew. */
const DEFAULT_MAX_HOLD_MS = 8 * 3_600_000;

/** Longest time until somebody must decide anew about a hold, in milliseconds. */
export function maxHoldMs({ spec }: FlowContract): number {
  return spec.pause?.maxHold === undefined ? DEFAULT_MAX_HOLD_MS : (parseDurationMs(spec.pause.maxHold) ?? DEFAULT_MAX_HOLD_MS);
}

/** The same of a reroute: its own limit, else that of a hold. */
export function maxRerouteMs(flow: FlowContract): number {
  const { maxDuration } = flow.spec.reroute ?? {};
  return maxDuration === undefined ? maxHoldMs(flow) : (parseDurationMs(maxDuration) ?? DEFAULT_MAX_HOLD_MS);
}
