/** What a reroute does, as its plan keeps it. */
import { z } from 'zod';
import type { Json } from '@/server/domain/canonical-json';
import { diversion } from '../park/diversion';

/**
 * `exchange`: all that enters it belongs to the flow. `copies`: what fits the flow's keys, as the tap's queue counts it. Null: nothing
 * tells it.
 */
const countingBasis = z.enum(['exchange', 'copies']).nullable().default(null);
export type CountingBasis = z.infer<typeof countingBasis>;

const rerouting = z.object({
  kind: z.literal('reroute'),
  /** Of a reroute over a hold: from the hold's exchange and queue. */
  diversion,
  /** By what it is told that messages get lost on the way; null: by nothing. */
  counting: countingBasis,
  /** The parking that it lies over; null: none. */
  over: z.object({
    diversion,
    /** Whether what waits there goes along; `stays`: it would not fit into memory. */
    waiting: z.enum(['goes', 'stays']),
  }).nullable().default(null),
});
export type Rerouting = z.infer<typeof rerouting>;

/** @throws z.ZodError for the action of another lever */
export function reroutingOf(action: Json): Rerouting {
  return rerouting.parse(action);
}

/** Where a message enters and where it goes without the reroute: that of the hold where it lies over one. */
export function primaryOf({ diversion: act, over }: Pick<Rerouting, 'diversion' | 'over'>): { exchange: string; workQueue: string } {
  return over === null ? act : over.diversion;
}
