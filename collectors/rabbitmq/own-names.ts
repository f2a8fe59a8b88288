/** Names of what a lever leaves with a broker, so that anybody who finds it knows whose it is and to which act it belongs. */
import { createHash } from 'node:crypto';

const PARK = 'signalbox.park.';
const ROUTE = 'signalbox.route.';
const REPLAY = 'signalbox.replay.';
const EDITED = 'signalbox.edited.';

/** Header that each message carries which a replay sent: `<operation>/<position>`. */
export const ITEM_HEADER = 'x-signalbox-item';

/** Whether a value of the header is one of ours; anything else may come from anybody and is not kept. */
export function isItemMark(value: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/\d{1,9}$/.test(value);
}

/** @param id of a hold or an operation: a UUID, of which 48 bits are enough to tell what is in one broker apart */
function short(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 12);
}

export interface DiversionNames {
  /** Gets what the exchange does not route any more; also the name of the policy. */
  exchange: string;
  /** Where it waits; null where it goes to a queue of the business. */
  queue: string | null;
  /** Through which it is sent on to the work queue. */
  out: string;
  /** Keeps limits of the broker's policies from our queue. */
  queuePolicy: string;
}

export function parkNames(holdId: string): DiversionNames & { queue: string } {
  const name = `${PARK}${short(holdId)}`;
  return { exchange: name, queue: name, out: `${name}.out`, queuePolicy: `${name}.queue` };
}

export function rerouteNames(holdId: string): DiversionNames {
  const name = `${ROUTE}${short(holdId)}`;
  return { exchange: name, queue: null, out: `${name}.out`, queuePolicy: `${name}.queue` };
}

export function replayNames(operationId: string): { out: string; back: string } {
  const name = `${REPLAY}${short(operationId)}`;
  return { out: name, back: `${name}.back` };
}

/** Where the original of a message stays that was changed before it was replayed, and the exchange that leads there alone. */
export function editedNames(operationId: string): { queue: string; keep: string } {
  const name = `${EDITED}${short(operationId)}`;
  return { queue: name, keep: name };
}

/** Whether an exchange gets what a hold or a reroute of ours, of this or another installation, keeps from its queue. */
export function isDiversion(exchange: string): boolean {
  return exchange.startsWith(PARK) || exchange.startsWith(ROUTE);
}

/** Queues and exchanges of ours, of this or another installation, taps included: never a route of the business. */
export function isOurs(name: string): boolean {
  return /^signalbox\.(tap|park|route|replay|edited)\./.test(name);
}
