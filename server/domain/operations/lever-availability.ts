/** The interlocking: which levers of a hop can be pulled, and what locks the others. */
import type { Channel } from '../contracts/channel';
import type { FlowContract } from '../contracts/flow-schema';
import { actorInWords } from '../roles/actor';
import { canGoFromUnder, notOverHold, REROUTED_ALREADY, REROUTED_FROM_HOLD } from './hold-layers';
import { METHOD_WORDS, PAUSE_METHODS, REROUTE_METHODS, type HoldMethod, type OperationKind } from './kinds';

export interface PlacedHold {
  method: HoldMethod;
  state: string;
  owner: string;
  canary: { possible: boolean; sentence: string };
}

export interface LeverFacts {
  flow: FlowContract;
  channel: Channel;
  sourceId: string;
  hasCredentials: boolean;
  /** The switch for everything. */
  disabled: boolean;
  may: { plan: boolean; wholeFlow: boolean };
  /** What lies on the channel. */
  holds: { pause: PlacedHold | null; reroute: PlacedHold | null };
  /** Another operation that acts on the channel now, in words. */
  acting: string | null;
}

export interface Lever {
  kind: OperationKind;
  method: HoldMethod | null;
  name: string;
  does: string;
  /** Null: it can be pulled. */
  locked: string | null;
}

/** All levers of a hop in the order of the frame. */
export function leversOf(facts: LeverFacts): Lever[] {
  const general = generalLock(facts);
  const whole = general ?? (facts.may.wholeFlow ? null : 'It reaches every message of the flow, and your role covers some facilities or payers only.');
  const { flow, channel, holds: { pause, reroute } } = facts;
  const onHold = (hold: PlacedHold | null, what: string, own: string | null) => whole ?? (hold === null ? `Nothing is ${what} here.` : own);
  const release = reroute !== null && pause !== null && !canGoFromUnder(pause.method) ? REROUTED_FROM_HOLD : null;
  return [
    ...PAUSE_METHODS[channel.kind].map((method): Lever => ({ kind: 'pause', method, ...METHOD_WORDS[method], locked: whole ?? pauseLock(flow) ?? pauseOver(pause, reroute) })),
    { kind: 'canary', method: null, name: 'Canary', does: 'Lets a few messages through the hold and watches what becomes of them.', locked: onHold(pause, 'held', pause?.canary.possible === false ? pause.canary.sentence : null) },
    { kind: 'release', method: null, name: 'Release', does: 'Ends the hold; what waited goes on in order, all of it or in steps that are watched.', locked: onHold(pause, 'held', release) },
    { kind: 'replay', method: null, name: 'Replay', does: 'Sends failed messages again.', locked: general ?? replayLock(flow, channel) },
    { kind: 'reroute', method: null, name: 'Reroute', does: rerouteWords(pause), locked: whole ?? rerouteLock(flow) ?? rerouteOver(channel, pause, reroute) },
    { kind: 'restore', method: null, name: 'Restore', does: restoreWords(pause), locked: onHold(reroute, 'rerouted', null) },
  ];
}

function rerouteWords(pause: PlacedHold | null): string {
  return pause === null ? 'Leads messages to an alternate of the contract until a set time.' : 'Leads messages of those who are eligible from the hold to an alternate; everybody else stays held.';
}

function restoreWords(pause: PlacedHold | null): string {
  return pause === null ? 'Ends the reroute and leads messages to the primary again.' : 'Ends the reroute; its messages are held with the others again.';
}

function pauseOver(pause: PlacedHold | null, reroute: PlacedHold | null): string | null {
  if (pause !== null) return alreadyWords('held', pause);
  return reroute === null ? null : `${alreadyWords('rerouted', reroute)} ${REROUTED_ALREADY}`;
}

function rerouteOver({ kind }: Channel, pause: PlacedHold | null, reroute: PlacedHold | null): string | null {
  if (reroute !== null) return alreadyWords('rerouted', reroute);
  return pause === null ? null : notOverHold(REROUTE_METHODS[kind], pause.method);
}

function alreadyWords(what: string, { state, owner }: PlacedHold): string {
  return `It is ${what} already${state === 'held' || state === 'active' ? '' : ` (${state})`} by ${actorInWords(owner)}.`;
}

function generalLock({ disabled, may, hasCredentials, sourceId, acting }: LeverFacts): string | null {
  if (disabled) return 'All levers are disabled.';
  if (!may.plan) return 'Your roles do not include operations:plan and operations:run. An administrator can grant them.';
  if (!hasCredentials) return `Source ${sourceId} is observe-only: no credentials for levers are stored. An administrator can enter them under Settings → Sources.`;
  return acting === null ? null : `Another operation acts on this channel: ${acting}.`;
}

function pauseLock({ metadata, spec }: FlowContract): string | null {
  if (spec.pause?.allowed === true) return null;
  return spec.pause ? `The contract forbids pausing it${spec.pause.reason ? `: ${spec.pause.reason}` : ''}.` : `The contract of ${metadata.id} says nothing about pausing it. Add spec.pause.`;
}

function replayLock({ metadata, spec }: FlowContract, channel: Channel): string | null {
  const { replay } = spec;
  if (replay === undefined) return `The contract of ${metadata.id} says nothing about replay. Add spec.replay.`;
  if (replay.class === 'R0') return `Never replayed (class R0). ${replay.insteadOfReplay ?? ''}`.trim();
  if (replay.approval === 'forbidden') return 'The contract forbids replay.';
  if (channel.kind === 'queue' && channel.deadLetter === undefined) return 'The contract names no dead-letter queue for this hop, so there is nothing to replay from.';
  if (channel.kind === 'table' && channel.status?.error === undefined) return 'The contract names no error status for this table, so there is nothing to replay.';
  return channel.kind === 'route' ? 'A route keeps no failed messages; replay at the hop before it.' : null;
}

function rerouteLock({ metadata, spec }: FlowContract): string | null {
  if (spec.reroute === undefined) return `The contract of ${metadata.id} says nothing about rerouting.`;
  return spec.reroute.allowed ? null : `The contract forbids rerouting it${spec.reroute.reason ? `: ${spec.reroute.reason}` : ''}.`;
}
