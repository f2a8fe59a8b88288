/** Whether what enters a rerouted exchange reaches a queue, and one only, by totals that lag; pure. */

/** Totals since the reroute began, as they were read at one instant. */
export interface PassedSince {
  /** Epoch milliseconds. */
  at: number;
  /** Messages that had to reach a queue of the flow. */
  entered: number;
  /** All that entered the exchange; at least as many. */
  published: number;
  /** How often a queue of the business got one. */
  reached: number;
}

export type Imbalance = { kind: 'missing' | 'doubled'; messages: number; of: number };

/**
 * Compares what had entered a while ago with what has reached queues by now, and the other way round: so much later, totals that
 * lag behind each other cannot explain a difference.
 *
 * @param looks the newest one last @param lagMs how far totals lag at most
 * @param slack messages by which the totals of the beginning may have been late
 * @returns null: balanced, or not looked at for long enough
 */
export function judgeConservation(looks: readonly PassedSince[], { lagMs, slack }: { lagMs: number; slack: number }): Imbalance | null {
  const now = looks.at(-1);
  const then = looks.findLast(({ at }) => now !== undefined && now.at - at >= 2 * lagMs);
  if (now === undefined || then === undefined) return null;
  const missing = then.entered - now.reached;
  if (missing > slack) return { kind: 'missing', messages: missing, of: then.entered };
  const doubled = then.reached - now.published;
  return doubled > slack ? { kind: 'doubled', messages: doubled, of: then.reached } : null;
}
