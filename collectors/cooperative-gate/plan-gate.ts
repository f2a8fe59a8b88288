/** Plans of the cooperative gate: who asks it, what they will be told, and what nobody can promise. */
import { instantWords } from '@/server/domain/instant-words';
import { liveClients } from '@/server/domain/operations/gate-verdict';
import type { ConnectorPlan, PlanLock } from '@/server/domain/operations/plan';
import type { HoldInPlace, LeverRequest, LeverTarget } from '../runtime/operations/levers';
import { isSeen, lookAtGate, type GateLook } from './gate-evidence';
import type { GateContext } from './levers';

const CANARY = 'A few messages cannot pass a closed gate: it cannot count what its clients send. A client would have to report what it took. Release at a low rate instead, and pause again.';
const NO_COPY = 'There is no copy of what a call carried, so Signalbox cannot send it again. Let the sending system send it again.';

/** @throws Error when our own stores cannot be read */
export async function planGate(target: LeverTarget, request: LeverRequest, context: GateContext): Promise<ConnectorPlan> {
  switch (request.kind) {
    case 'pause': return planPause(target, request, context);
    case 'release': return planRelease(target, request, context);
    case 'reroute': return planReroute(target, request, context);
    case 'restore': return planRestore(target, request, context);
    case 'canary': return { ...blank(target), locks: [{ code: 'canary-cooperative', sentence: CANARY }] };
    case 'replay': return { ...blank(target), locks: [{ code: 'replay-cooperative', sentence: NO_COPY }] };
  }
}

async function planPause(target: LeverTarget, request: LeverRequest, context: GateContext): Promise<ConnectorPlan> {
  const [look, seen] = await Promise.all([lookAtGate(target, context), isSeen(target, context)]);
  const { terms } = look;
  const minutes = seconds(terms.maxStaleMs);
  const opens = terms.onUnavailable === 'open';
  return {
    ...blank(target), ...topology(target, request, look),
    steps: [
      `The gate of ${target.flow.metadata.name} answers "closed", to everybody who asks it.`,
      `${clientNames(look, context.now())} ${liveCount(look, context.now()) < 2 ? 'is' : 'are'} told within a second while waiting for a change, else at the next question.`,
      `The hold counts as verified when each of them has reported the answer and nothing has been received from ${target.hop.name} for ${seconds(terms.verifyAfterMs)}.`,
    ],
    willNot: ['Calls that are under way are not interrupted.', 'A sender that does not ask the gate is not stopped; that is seen and shown as LEAKING.'],
    warnings: seen ? [] : [`Nothing was received from ${target.hop.name} in the last 24 hours. Without telemetry of this hop, silence does not show that the hold works.`],
    locks: [...contractLocks(target), ...clientLocks(target, look, context)],
    limits: opens ? [{ what: 'Signalbox out of reach', at: null, sentence: `Clients that get no answer for ${minutes} go on sending (onUnavailable: open).` }] : [],
    canary: { possible: false, sentence: CANARY },
    undo: 'Release opens the gate again.',
  };
}

async function planRelease(target: LeverTarget, request: Extract<LeverRequest, { kind: 'release' }>, context: GateContext): Promise<ConnectorPlan> {
  const look = await lookAtGate(target, context);
  const { perSecond } = request;
  return {
    ...blank(target), ...topology(target, request, look),
    steps: [
      `The gate answers "open"${perSecond === null ? '' : `, at ${perSecond} per second`}.`,
      ...(perSecond === null ? [] : [`The rate ends when less than that has been received for ${seconds(look.terms.verifyAfterMs)}: then what had waited is through.`]),
      `Done when every client that asks has been told: ${clientNames(look, context.now())}.`,
    ],
    receivers: [receiver(target)],
    willNot: ['Signalbox sends nothing itself: the client decides what it sends first.'],
    locks: inPlaceLocks(look, request.hold),
    undo: 'A new pause closes the gate again; what was sent is sent.',
  };
}

async function planReroute(target: LeverTarget, request: Extract<LeverRequest, { kind: 'reroute' }>, context: GateContext): Promise<ConnectorPlan> {
  const look = await lookAtGate(target, context);
  const alternate = target.flow.spec.reroute?.alternates?.find(({ id }) => id === request.alternate);
  return {
    ...blank(target), ...topology(target, request, look),
    steps: [`The gate names the route ${request.alternate}.`, `${clientNames(look, context.now())} send there from then on.`],
    receivers: [alternate?.name ?? request.alternate],
    willNot: ['What was sent to the usual target and has no answer yet is not sent again.', 'A sender that does not ask the gate goes on as before.'],
    locks: [
      ...contractLocks(target), ...clientLocks(target, look, context),
      ...(alternate ? [] : [{ code: 'no-alternate', sentence: `The contract of ${target.flow.metadata.name} has no alternate "${request.alternate}".` }]),
      ...(request.enrolled ? [{ code: 'whole-flow-only', sentence: `Some are enrolled at ${alternate?.name ?? request.alternate} and others are not, and a gate has one answer for all that its client sends. Let the client route by itself.` }] : []),
      ...(request.only ? [{ code: 'whole-flow-only', sentence: 'A gate has one answer for all that its client sends; one payer or facility cannot be rerouted by it. Reroute the whole flow, or let the client route by itself.' }] : []),
    ],
    undo: 'Restore takes the route back; what the alternate received stays there.',
  };
}

async function planRestore(target: LeverTarget, request: Extract<LeverRequest, { kind: 'restore' }>, context: GateContext): Promise<ConnectorPlan> {
  const look = await lookAtGate(target, context);
  return {
    ...blank(target), ...topology(target, request, look),
    steps: ['The gate names no route any more.', `Done when every client that asks has been told: ${clientNames(look, context.now())}.`],
    receivers: [receiver(target)],
    willNot: ['What the alternate received is not taken back.'],
    locks: inPlaceLocks(look, request.hold),
    undo: 'A new reroute.',
  };
}

/** What is true of all of them. */
function blank(target: LeverTarget): ConnectorPlan {
  const path = `/api/v1/gates/${target.flow.metadata.id}`;
  return {
    steps: [], receivers: [], willNot: [], warnings: [], locks: [], limits: [], canary: null, undo: '',
    guarantee: {
      delivery: 'not-applicable', order: 'The client keeps its own order.',
      survivesRestart: 'Cooperative: what the gate answers stands in Postgres and outlives restarts of Signalbox; the client keeps to it by itself.',
      inFlight: 'Calls that are under way end as they would have.',
    },
    waiting: null, unsettled: null, estimatedSeconds: null,
    nativeCommands: [
      { what: 'See what clients are told', command: `curl -si -H "authorization: Bearer $TOKEN" "$SIGNALBOX${path}"` },
    ],
    topology: null, action: { flow: target.flow.metadata.id, hop: target.hop.id },
  };
}

/**
 * Compared whole before the first act, when the hold of this very act may stand in the table already: so it names what others
 * hold and what the contract says, and nothing that changes by itself.
 */
function topology(target: LeverTarget, request: LeverRequest, { gate, terms }: GateLook): Pick<ConnectorPlan, 'topology' | 'action'> {
  const own = 'holdId' in request ? request.holdId : 'hold' in request ? request.hold.id : null;
  return {
    topology: { ...terms, hasGate: gate !== null, otherHolds: (gate?.holds ?? []).map(({ id }) => id).filter((id) => id !== own).toSorted() },
    action: { kind: request.kind, flow: target.flow.metadata.id, hop: target.hop.id, ...(request.kind === 'reroute' ? { alternate: request.alternate } : {}) },
  };
}

function contractLocks({ flow }: LeverTarget): PlanLock[] {
  if (flow.spec.pause?.gate) return [];
  return [{ code: 'no-gate-in-contract', sentence: `The contract of ${flow.metadata.name} does not say how its client keeps to a gate. Add pause.gate with onUnavailable, and let the client ask /api/v1/gates/${flow.metadata.id} before it sends.` }];
}

function clientLocks({ flow }: LeverTarget, look: GateLook, context: GateContext): PlanLock[] {
  if (look.gate === null) return [{ code: 'no-gate', sentence: `No contract in force has the flow ${flow.metadata.id}: its gate answers 404.` }];
  if (liveCount(look, context.now()) > 0) return [];
  const newest = look.clients[0];
  return [{
    code: 'no-gate-client',
    sentence: `No client has asked this gate ${newest ? `since ${instantWords(newest.lastAt)} (${newest.name})` : 'yet'}: nothing would be held. Start the client, or stop the job where it runs.`,
  }];
}

function inPlaceLocks({ gate }: GateLook, hold: HoldInPlace): PlanLock[] {
  if (gate?.holds.some(({ id }) => id === hold.id)) return [];
  return [{ code: 'not-in-place', sentence: 'This hold is over, or no contract in force has its flow: the gate does not follow it.' }];
}

const liveCount = ({ clients, terms }: GateLook, now: number) => liveClients(clients.map(({ lastAt }) => ({ lastAt: lastAt.getTime() })), now, terms).length;

function clientNames({ clients, terms }: GateLook, now: number): string {
  const names = liveClients(clients.map(({ name, lastAt }) => ({ name, lastAt: lastAt.getTime() })), now, terms).map(({ name }) => name);
  if (names.length === 0) return 'No client';
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

const receiver = ({ hop }: LeverTarget) => hop.takenBy ?? hop.name;
const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;
