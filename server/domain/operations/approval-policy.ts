/** Who must agree to an operation. */
import type { FlowContract } from '../contracts/flow-schema';
import { actorInWords } from '../roles/actor';
import type { OperationRequest } from './request';

export interface ApprovalNeed {
  needed: 'none' | 'four-eyes' | 'forbidden';
  because: string[];
}

/** An approval, or the wait for one, ends after this time. */
export const APPROVAL_MS = 30 * 60_000;

/** Who answers for the hold that a request acts on. */
export interface HoldToEnd {
  isRequesters: boolean;
  /** The product itself ends a reroute that has expired: who agreed to the reroute agreed to its end. */
  isExpired?: boolean;
  owner: string;
}

/**
 * A pause protects and needs one person, and so do canary, release and restore of one's own hold. Replay and reroute follow the
 * contract; an override or an attestation always needs a second person.
 *
 * @param hold who answers for the hold that the request acts on, or that a reroute lies over; null where there is none
 */
export function approvalFor(request: OperationRequest, flow: FlowContract, hold: HoldToEnd | null): ApprovalNeed {
  switch (request.kind) {
    case 'pause': return flow.spec.pause?.allowed === true
      ? { needed: 'none', because: ['A pause protects: one person may decide it.'] }
      : { needed: 'forbidden', because: [flow.spec.pause ? `The contract of ${flow.metadata.id} forbids pausing it${flow.spec.pause.reason ? `: ${flow.spec.pause.reason}` : ''}.` : `The contract of ${flow.metadata.id} says nothing about pausing it.`] };
    case 'canary':
    case 'release':
    case 'restore': if (request.kind === 'restore' && hold?.isExpired === true) return { needed: 'none', because: ['The reroute has expired: who agreed to it agreed to its end.'] };
      return hold === null || hold.isRequesters
      ? { needed: 'none', because: ['It is your own hold.'] }
      : { needed: 'four-eyes', because: [`The hold belongs to ${actorInWords(hold.owner)}. Take it over first, or have it approved.`] };
    case 'replay': return replayNeed(request, flow);
    case 'reroute': return overOthersHold(rerouteNeed(flow), hold);
  }
}

/** A reroute over a hold sends on what somebody else may answer for. */
function overOthersHold(need: ApprovalNeed, below: HoldToEnd | null): ApprovalNeed {
  if (need.needed === 'forbidden' || below === null || below.isRequesters) return need;
  return { needed: 'four-eyes', because: [...(need.needed === 'four-eyes' ? need.because : []), `The hold that it lies over belongs to ${actorInWords(below.owner)}. Take it over first, or have it approved.`] };
}

function replayNeed(request: Extract<OperationRequest, { kind: 'replay' }>, flow: FlowContract): ApprovalNeed {
  const { replay } = flow.spec;
  if (replay === undefined || replay.class === 'R0' || replay.approval === 'forbidden') {
    return { needed: 'forbidden', because: [replay === undefined ? 'The contract says nothing about replay.' : `The contract forbids replay (class ${replay.class}). ${replay.insteadOfReplay ?? ''}`.trim()] };
  }
  const because = [
    ...(replay.approval === 'four-eyes' ? ['The contract demands a second person for every replay.'] : []),
    ...(request.overrideUnknown ? ['Items whose outcome is unknown are replayed again.'] : []),
    ...(request.edit !== undefined && replay.edit?.approval !== 'none' ? ['A message is changed before it is sent.'] : []),
    ...(request.attestation !== undefined ? ['Missing evidence is replaced by your word and the reference that you give.'] : []),
  ];
  return because.length > 0 ? { needed: 'four-eyes', because } : { needed: 'none', because: [`Class ${replay.class}: the contract asks for no second person.`] };
}

function rerouteNeed(flow: FlowContract): ApprovalNeed {
  const { reroute } = flow.spec;
  if (!reroute?.allowed) return { needed: 'forbidden', because: [reroute ? `The contract forbids rerouting it${reroute.reason ? `: ${reroute.reason}` : ''}.` : 'The contract says nothing about rerouting.'] };
  const approval = 'approval' in reroute ? (reroute.approval as 'none' | 'four-eyes' | 'forbidden' | undefined) : undefined;
  if (approval === 'forbidden') return { needed: 'forbidden', because: ['The contract forbids rerouting it.'] };
  return approval === 'none' ? { needed: 'none', because: ['The contract asks for no second person.'] } : { needed: 'four-eyes', because: ['Another receiver gets the messages: a second person decides with you.'] };
}
