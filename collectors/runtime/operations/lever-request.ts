/** An operation's request as its connector gets it. */
import { enrolledAt, type Enrolled } from '@/server/domain/operations/enrolment';
import type { HoldMethod } from '@/server/domain/operations/kinds';
import { rampWatch } from '@/server/domain/operations/ramp';
import type { OperationRequest, RequestOf } from '@/server/domain/operations/request';
import { pauseOn } from '@/server/services/operations/holds-on-channel';
import { loadHold, type StepRow } from '@/server/services/operations/operation-rows';
import type { Database } from '@/server/store/postgres';
import type { Act } from './act';
import type { Engine } from './engine';
import { openEdit } from './open-edit';
import { holdInPlace } from './lever-target';
import type { HoldInPlace, LeverRequest, LeverTarget, ReplayItem } from './levers';

/** Where the contract sets no rate: slow enough that a receiver that has just recovered is not felled again. */
const DEFAULT_PER_SECOND = 20;

/** @param items of a replay @param at of what day enrolments are @throws Refusal when the hold is not there @throws Error when the contract in force does not fit a ramp or an edit any more */
export async function leverRequest({ db, vault }: Pick<Engine, 'db' | 'vault'>, request: OperationRequest, operation: { id: string; holdId: string | null }, target: LeverTarget, items: readonly ReplayItem[], at: Date): Promise<Act> {
  switch (request.kind) {
    case 'pause': return { kind: 'pause', holdId: operation.holdId!, method: request.method };
    case 'reroute': return { kind: 'reroute', holdId: operation.holdId!, alternate: request.alternate, only: request.only ?? null, enrolled: enrolledIn(target, request.alternate, at), ...(await layerOf(db, target)), perSecond: request.perSecond ?? null };
    case 'canary': return { kind: 'canary', hold: holdInPlace(await loadHold(db, request.holdId)), which: request.which };
    case 'release': return releaseAct(db, request, target);
    case 'restore': return { kind: 'restore', hold: holdInPlace(await loadHold(db, request.holdId)) };
    case 'replay': return { kind: 'replay', items, to: request.to, perSecond: ratePerSecond(request.perSecond, target), order: target.flow.spec.replay?.order ?? 'fifo', edit: await openEdit({ db, vault }, operation.id, request, target) };
  }
}

async function releaseAct(db: Database, { holdId, perSecond: asked, ramp }: RequestOf<'release'>, { flow }: LeverTarget): Promise<Act> {
  const hold = holdInPlace(await loadHold(db, holdId));
  const perSecond = asked ?? null;
  if (ramp === undefined) return { kind: 'release', hold, perSecond };
  const terms = rampWatch(ramp, flow);
  if ('problem' in terms) throw new Error(`The ramp does not fit the contract in force: ${terms.problem}.`);
  return { kind: 'ramp', hold, perSecond, watch: terms.watch, tolerate: ramp.tolerate };
}

/** A pause that is on its way out is none to lie over: its end is waited for with the channel. */
async function layerOf(db: Database, { channelId }: LeverTarget): Promise<{ over: HoldInPlace | null }> {
  const pause = await pauseOn(db, channelId);
  return { over: pause === null ? null : holdInPlace(pause) };
}

/** Whose messages alone an alternate takes on the day of `at`; null: everybody's. */
export function enrolledIn({ flow }: LeverTarget, alternateId: string, at: Date): Enrolled[] | null {
  const alternate = flow.spec.reroute?.alternates?.find(({ id }) => id === alternateId);
  return alternate === undefined ? null : enrolledAt(alternate, at);
}

/** One channel's step of an operation over several. @throws Refusal when the hold is not there */
export async function stepRequest(db: Database, request: OperationRequest, { holdId, method }: Pick<StepRow, 'holdId' | 'method'>): Promise<LeverRequest> {
  if (request.kind === 'pause') return { kind: 'pause', holdId, method: method as HoldMethod };
  if (request.kind === 'release') return { kind: 'release', hold: holdInPlace(await loadHold(db, holdId)), perSecond: request.perSecond ?? null };
  throw new Error(`A ${request.kind} acts on one channel.`);
}

/** The lower of what is asked for and what the contract allows. */
function ratePerSecond(wanted: number | undefined, { flow }: LeverTarget): number {
  const [, count, unit] = /^(\d+)\/(s|min|h)$/.exec(flow.spec.replay?.rate ?? '') ?? [];
  const allowed = count === undefined ? DEFAULT_PER_SECOND : Number(count) / { s: 1, min: 60, h: 3_600 }[unit as 's' | 'min' | 'h'];
  return Math.min(wanted ?? allowed, allowed);
}
