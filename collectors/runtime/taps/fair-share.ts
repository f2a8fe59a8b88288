/** How collector processes divide the sources among them, without talking to each other. */

/** Sources that one of so many processes should hold: as even as whole numbers allow. */
export function fairShare(sources: number, processes: number): number {
  return Math.ceil(sources / Math.max(1, processes));
}

/**
 * Whether to try for another source now. Beyond one's share only after a free source found nobody for a while: its
 * holder may have died, and the others may be busy.
 *
 * @param sinceLastTryMs since this process last tried for this source
 */
export function shouldTry({ held, share, sinceLastTryMs }: { held: number; share: number; sinceLastTryMs: number }): boolean {
  return sinceLastTryMs >= (held < share ? WITHIN_SHARE_MS : BEYOND_SHARE_MS);
}

const WITHIN_SHARE_MS = 1_000;
/** Together with the length of a lease and a start, a dead process is replaced within 15 s even by one that is full. */
const BEYOND_SHARE_MS = 4_000;
