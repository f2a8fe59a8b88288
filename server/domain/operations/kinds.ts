/** Words of the control plane: what an operation does, and by which method a flow is held. */

export const OPERATION_KINDS = ['pause', 'canary', 'release', 'replay', 'reroute', 'restore'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** How asking for an operation is called in the audit trail; its reports find it by this name. */
export const requestAction = (kind: OperationKind) => `operation.request-${kind}`;

/**
 * How a hold holds. `park`: new messages are led to a queue of ours. `stop-consumers`: the consuming application is kept off
 * the broker. `row-gate`: a row-level-security policy that the customer's DBA installed once. `status-swap`: pending rows are
 * marked as held, again and again. `cooperative`: the client asks the gate and keeps to it. `bindings`: a reroute.
 */
export const HOLD_METHODS = ['park', 'stop-consumers', 'row-gate', 'status-swap', 'cooperative', 'bindings', 'destination'] as const;
export type HoldMethod = (typeof HOLD_METHODS)[number];

/** Methods of a pause, as somebody chooses them, best first per kind of channel. */
export const PAUSE_METHODS = { queue: ['park', 'stop-consumers'], table: ['row-gate', 'status-swap'], route: ['cooperative'] } as const satisfies Record<string, readonly HoldMethod[]>;

/** How messages of a channel are led to an alternate. */
export const REROUTE_METHODS = { queue: 'bindings', table: 'destination', route: 'cooperative' } as const satisfies Record<string, HoldMethod>;

export const METHOD_WORDS: Record<HoldMethod, { name: string; does: string }> = {
  park: { name: 'Park new messages', does: 'New messages go to a queue of Signalbox; what already waits is worked off.' },
  'stop-consumers': { name: 'Stop the consumers', does: 'The consuming application loses its connections and gets no new ones; messages wait in their queue.' },
  'row-gate': { name: 'Close the row gate', does: 'The database hides pending rows from the consuming application.' },
  'status-swap': { name: 'Mark rows as held', does: 'Pending rows are marked as held, again and again; a new row may slip through before it is marked.' },
  cooperative: { name: 'Close the gate', does: 'The client asks Signalbox before it sends, and is told to wait.' },
  bindings: { name: 'Change bindings', does: 'The exchange leads messages to the alternate instead.' },
  destination: { name: 'Change the destination', does: 'Rows are given the destination of the alternate.' },
};

/** Release, canary and restore act on a hold that is there; the others begin something. */
export function actsOnHold(kind: OperationKind): boolean {
  return kind === 'canary' || kind === 'release' || kind === 'restore';
}
