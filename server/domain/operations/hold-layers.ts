/** A reroute may lie over a pause of its channel: whoever is eligible at the alternate goes there, everybody else stays held. Pure. */
import { METHOD_WORDS, type HoldMethod } from './kinds';

/** Over which pauses a reroute can lie: those that leave messages where it can still lead them elsewhere. */
const OVER: Partial<Record<HoldMethod, readonly HoldMethod[]>> = { bindings: ['park', 'stop-consumers'], destination: ['row-gate'] };

/** Why a reroute cannot lie over a pause, and what to do; null: it can. */
export function notOverHold(reroute: HoldMethod, pause: HoldMethod): string | null {
  const possible = OVER[reroute] ?? [];
  if (possible.includes(pause)) return null;
  const instead = possible.length === 0 ? 'Release it first.' : `It can lie over ${possible.map((method) => `"${METHOD_WORDS[method].name}"`).join(' or ')}: release this hold first, and hold it that way.`;
  return `A reroute cannot lie over a hold of the kind "${METHOD_WORDS[pause].name}". ${instead}`;
}

/** Whether a pause can be released while a reroute lies over it: one that leads on what is parked would lose its ground. */
export function canGoFromUnder(pause: HoldMethod): boolean {
  return pause !== 'park';
}

/** Why a pause has to wait for a reroute that is in place already. */
export const REROUTED_ALREADY = 'To hold everybody whose messages are not rerouted: restore it, pause, then reroute again. The reroute lies over the hold then.';

/** Why a release has to wait for the reroute that lies over the hold. */
export const REROUTED_FROM_HOLD = 'Messages are rerouted from this hold. Restore the reroute first: new messages of those are held again then, and the release sends all of them on.';
