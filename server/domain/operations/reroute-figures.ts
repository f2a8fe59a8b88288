/** Figures of a reroute that more than its page reads, by the names under which connectors give them. */
export const REROUTE_FIGURES = {
  /** Messages that entered the alternate since, by the source's own count. */
  toAlternate: 'to the alternate',
  consumersAtPrimary: 'consumers at the primary',
} as const;
