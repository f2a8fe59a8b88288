/** Computes and freezes the plan of a draft. Reads only; what keeps the lever from being pulled becomes a lock. */
import { canonicalHash } from '@/server/domain/canonical-json';
import { approvalFor, type HoldToEnd } from '@/server/domain/operations/approval-policy';
import { alternateName, reroutedWhose } from '@/server/domain/operations/enrolment';
import { dimensionsOf, extentOf, goingAlong, passingAsCanary, type Touched } from '@/server/domain/operations/extent';
import { holdBudgetOf } from '@/server/domain/operations/hold-budget';
import { notOverHold } from '@/server/domain/operations/hold-layers';
import type { HoldMethod } from '@/server/domain/operations/kinds';
import type { ConnectorPlan, OperationPlan, PlanLock } from '@/server/domain/operations/plan';
import { endSentence, enrolmentSentences, rerouteLocks } from '@/server/domain/operations/reroute-policy';
import { replayLocks, unaskable } from '@/server/domain/operations/replay-policy';
import { operationRequest, type OperationRequest } from '@/server/domain/operations/request';
import { isOwnRestore } from '@/server/services/operations/engine/reroute-end';
import { pauseOn } from '@/server/services/operations/holds-on-channel';
import { loadHold, loadSteps, type OperationRow } from '@/server/services/operations/operation-rows';
import type { PlannedItem } from '@/server/services/operations/engine/store-plan';
import type { Engine } from '../engine';
import { planAct, type Act } from '../act';
import { enrolledIn, leverRequest } from '../lever-request';
import { leversOn, leverTarget } from '../lever-target';
import type { LeverContext, LeverTarget } from '../levers';
import { possiblyTwice, reached, waitingMessages } from './channel-reach';
import { frameOf } from './plan-frame';
import { planSteps } from './plan-steps';
import { receivedWarnings } from './received-sentence';
import { MOST_ITEMS, reasonWarnings, replayItems, type ReplayItems } from './replay-items';

/** @throws Error with a sentence for people when the source cannot be looked at */
export async function makePlan(engine: Engine, row: OperationRow, context: LeverContext): Promise<{ plan: OperationPlan; items: PlannedItem[] }> {
  const request = operationRequest.parse(row.request);
  const steps = await loadSteps(engine.db, row.id);
  if (steps.length > 0) return { plan: await planSteps(engine, row, request, steps, context), items: [] };
  const target = leverTarget(engine.contracts(), row.flowId, row.hopId);
  const levers = leversOn(engine, target);
  const replay = request.kind === 'replay' ? await replayItems(engine, row.id, request, target, context.signal) : null;
  const asked = await leverRequest(engine, request, row, target, replayed(replay), new Date(context.now()));
  const over = asked.kind === 'reroute' ? asked.over ?? null : request.kind === 'restore' ? await pauseOn(engine.db, target.channelId) : null;
  const below = over && { holdId: over.id, method: over.method };
  const act = await planAct(levers, target, asked, context);
  const waiting = replay ? [] : await waitingMessages(engine, target, act, context.signal);
  const { touched, messages } = touchedBy(request, replay, waiting, act, asked);
  const plan: OperationPlan = {
    ...frameOf(row, request, target, context),
    act: withPolicy({ ...act, warnings: [...act.warnings, ...await receivedWarnings(engine, request, context.signal)] }, request, target, replay, { at: new Date(context.now()), over: over !== null }),
    extent: replay ? extentOf(replay.eligible) : reached(messages, touched),
    possibleDuplicates: possiblyTwice(act, touched),
    dimensions: dimensionsOf(touched),
    items: { count: replay?.eligible.length ?? 0, sha256: replay ? canonicalHash(replay.eligible.map(({ itemKey }) => itemKey)) : null, notEligible: replay?.notEligible ?? [] },
    locks: [...locks(request, target, replay, new Date(context.now())), ...(request.kind === 'reroute' ? layerLocks(row, over) : [])],
    approval: approvalFor(request, target.flow, await holdOwner(engine, request, row, over?.id ?? null)),
    typedConfirmation: typed(request, target),
    ...(request.kind === 'reroute' ? { enrolled: enrolledIn(target, request.alternate, new Date(context.now())), over: below, alternateName: alternateName(target.flow, request.alternate) } : {}),
    ...(request.kind === 'restore' ? { over: below } : {}),
    holdBudget: request.kind === 'pause' ? holdBudgetOf(target.flow, act.limits, { reviewBy: request.reviewBy, now: new Date(context.now()), waiting }) : null,
  };
  return { plan, items: replay?.items ?? [] };
}

function replayed(replay: ReplayItems | null) {
  return (replay?.eligible ?? []).map(({ itemKey, messageId }, index) => ({ itemKey, messageId, position: index + 1 }));
}

/** The messages that it acts on, as far as they are known one by one, and how many they are. */
function touchedBy(request: OperationRequest, replay: ReplayItems | null, waiting: readonly Touched[], { waiting: count, goesAlong }: ConnectorPlan, asked: Act): { touched: readonly Touched[]; messages: string | null } {
  if (replay) return { touched: replay.eligible, messages: String(replay.eligible.length) };
  if (asked.kind === 'reroute' && asked.over) {
    const going = goingAlong(reroutedWhose(asked.only, asked.enrolled ?? null), waiting, count);
    return { ...going, messages: goesAlong ?? going.messages };
  }
  return request.kind === 'canary' ? passingAsCanary(request.which, waiting, count) : { touched: waiting, messages: count };
}

/** What the contract adds to what the connector says. */
function withPolicy(act: ConnectorPlan, request: OperationRequest, { flow }: LeverTarget, replay: ReplayItems | null, { at, over }: { at: Date; over: boolean }): ConnectorPlan {
  if (replay) return { ...act, warnings: [...act.warnings, ...reasonWarnings(flow, replay.eligible)] };
  if (request.kind !== 'reroute') return act;
  const { warnings, willNot } = enrolmentSentences(flow, request, at, over);
  return { ...act, steps: act.steps.length === 0 ? [] : [...act.steps, endSentence(flow, request.reviewBy, over)], warnings: [...act.warnings, ...warnings], willNot: [...act.willNot, ...willNot] };
}

function locks(request: OperationRequest, target: LeverTarget, replay: ReplayItems | null, at: Date): PlanLock[] {
  if (request.kind === 'reroute') return rerouteLocks(target.flow, request, at);
  if (request.kind !== 'replay' || replay === null) return [];
  return [
    ...replayLocks(target.flow, { count: replay.eligible.length, extent: extentOf(replay.eligible) }),
    ...(replay.isTooMany ? [{ code: 'too-many', sentence: `More than ${MOST_ITEMS} messages match. Choose a narrower window or filter.` }] : []),
    ...(unaskable(target.flow).length > 0 && request.attestation !== undefined && replay.eligible.length > 100
      ? [{ code: 'attested-too-many', sentence: 'At most 100 messages are replayed on somebody’s word. Choose fewer.' }] : []),
  ];
}

/** A reroute lies over what already holds the channel only where it can. */
function layerLocks({ method }: OperationRow, over: { method: string } | null): PlanLock[] {
  const sentence = over === null ? null : notOverHold(method as HoldMethod, over.method as HoldMethod);
  return sentence === null ? [] : [{ code: 'not-over-hold', sentence }];
}

/** @param below the pause that a reroute lies over */
async function holdOwner({ db, now }: Engine, request: OperationRequest, row: OperationRow, below: string | null): Promise<HoldToEnd | null> {
  const holdId = 'holdId' in request ? request.holdId : below;
  if (holdId === null) return null;
  const hold = await loadHold(db, holdId);
  return { isRequesters: hold.owner === row.requestedBy, isExpired: isOwnRestore(row, hold, now()), owner: hold.owner };
}

/** Guarded replay and reroute are typed; the word is the flow's id, so that nobody types it in the wrong tab. */
function typed(request: OperationRequest, { flow }: LeverTarget): string | null {
  if (request.kind === 'reroute') return flow.metadata.id;
  return request.kind === 'replay' && (flow.spec.replay?.class === 'R1' || request.overrideUnknown || request.edit !== undefined) ? flow.metadata.id : null;
}
