/** What a cooperative client is told about its flow: whether it is open, at what rate, to which route. */
import { canonicalHash } from '../canonical-json';
import type { FlowContract } from '../contracts/flow-schema';
import { durationMs } from '../contracts/iso-duration';
import { isOver, type HoldKind, type HoldState } from './hold-states';

/** The longest that one request waits for a change, in milliseconds; below the time that proxies allow. */
export const MAX_GATE_WAIT_MS = 25_000;

export interface GateAnswer {
  flow: string;
  state: 'open' | 'closed';
  /** Decimal text: send no more per second. Null: as usual. */
  ratePerSecond: string | null;
  /** Id of the contract's alternate. Null: the usual target. */
  route: string | null;
  maxStaleMs: number;
  onUnavailable: 'open' | 'closed';
  reason: string | null;
}

/** A hold by the gate that is not over. */
export interface GateHold {
  id: string;
  flowId: string;
  kind: HoldKind;
  state: HoldState;
  requestedAt: Date;
  /** While it is released at a rate. */
  perSecond: number | null;
  /** Of a reroute. */
  alternate: string | null;
}

/** How clients of a flow behave; the default is for flows whose contract says nothing of a gate. */
export interface GateTerms {
  maxStaleMs: number;
  onUnavailable: 'open' | 'closed';
  verifyAfterMs: number;
}

export function gateTerms({ spec }: Pick<FlowContract, 'spec'>): GateTerms {
  const gate = spec.pause?.gate;
  return { maxStaleMs: durationMs(gate?.maxStale ?? 'PT5M'), onUnavailable: gate?.onUnavailable ?? 'open', verifyAfterMs: durationMs(gate?.verifyAfter ?? 'PT1M') };
}

/** The answer for one flow. One closed hop closes the flow; of several rates the lowest counts. */
export function gateAnswer(flow: Pick<FlowContract, 'metadata' | 'spec'>, holds: readonly GateHold[]): GateAnswer {
  const { maxStaleMs, onUnavailable } = gateTerms(flow);
  const own = holds.filter((hold) => hold.flowId === flow.metadata.id && !isOver(hold.state)).toSorted((a, b) => a.requestedAt.getTime() - b.requestedAt.getTime() || (a.id < b.id ? -1 : 1));
  const closing = own.filter(closesGate);
  const slowing = closing.length > 0 ? [] : own.filter(({ kind, state, perSecond }) => kind === 'pause' && state === 'releasing' && perSecond !== null);
  const leading = own.find(({ kind, state, alternate }) => kind === 'reroute' && state !== 'releasing' && alternate !== null);
  const reasons = [
    ...closing.map(({ id, requestedAt }) => `Paused since ${requestedAt.toISOString()} (hold ${id}).`),
    ...slowing.map(({ id, perSecond }) => `Being released at ${perSecond} per second (hold ${id}).`),
    ...(leading ? [`Rerouted to ${leading.alternate} since ${leading.requestedAt.toISOString()} (hold ${leading.id}).`] : []),
  ];
  const rates = slowing.map(({ perSecond }) => perSecond ?? 0);
  return {
    flow: flow.metadata.id, state: closing.length > 0 ? 'closed' : 'open', ratePerSecond: rates.length > 0 ? String(Math.min(...rates)) : null,
    route: leading?.alternate ?? null, maxStaleMs, onUnavailable, reason: reasons.length > 0 ? reasons.join(' ') : null,
  };
}

/** Whether a hold, as it stands, keeps the gate shut. */
export function closesGate({ kind, state }: Pick<GateHold, 'kind' | 'state'>): boolean {
  return kind === 'pause' && state !== 'releasing' && !isOver(state);
}

/** A strong entity tag, quoted. It names holds, so that a gate closed again is another answer than the time before. */
export function gateEtag(answer: GateAnswer): string {
  return `"${canonicalHash({ ...answer }).slice(0, 32)}"`;
}

/** Whether an `If-None-Match` names the tag. `*` names none: it is no sign that the client knows this answer. */
export function namesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((given) => given.trim().replace(/^W\//, '') === etag);
}
