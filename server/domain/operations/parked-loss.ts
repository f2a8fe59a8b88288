/** What a hold had parked, and what is gone without Signalbox having moved it. */

type Figures = Record<string, string>;

/** Figure of a hold: how many have disappeared since it began, as decimal text. */
export const DISAPPEARED = 'disappeared';

/** How many fewer are parked than at the look before; nothing where either is not known. New ones that came meanwhile hide as many. */
export function lostBetween(before: Figures, after: Figures): bigint {
  const [were, are] = [count(before['parked']), count(after['parked'])];
  return were !== null && are !== null && are < were ? were - are : 0n;
}

export function disappeared(figures: Figures): bigint {
  return count(figures[DISAPPEARED]) ?? 0n;
}

/** One act however often more disappears, with the sum; purged, taken and expired look the same from outside. */
export function lossSentence(total: bigint): string {
  return `At least ${total} parked ${total === 1n ? 'message' : 'messages'} disappeared, not by Signalbox: somebody purged, took or sent them on, or they expired.`;
}

/** The acts with this one in the place of the former sum. */
export function withLossAct(acts: readonly string[], total: bigint): string[] {
  const former = lossSentence(total).replace(/^At least \d+ parked messages?/, '');
  return [...acts.filter((act) => !act.endsWith(former)), lossSentence(total)];
}

/** People are told again when it has doubled, so that messages which expire one by one tell no story each. */
export function lossLevel(total: bigint): number {
  return total === 0n ? 0 : total.toString(2).length;
}

function count(text: string | undefined): bigint | null {
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : null;
}
