/** What a reroute led to its alternate, as a question to the copies of the tap. */
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import { reroutedWhose, type Enrolled } from '@/server/domain/operations/enrolment';
import { operationPlan } from '@/server/domain/operations/plan';
import { operationRequest } from '@/server/domain/operations/request';
import type { Scope } from '@/server/domain/roles/scope';
import { scopesAsParams } from '@/server/queries/fields';
import type { ReroutedMessages } from '@/server/queries/received-messages';
import type { Database } from '@/server/store/postgres';
import { rememberedContracts } from '../../contracts/remembered-contracts';
import { Refusal } from '../../refusal';
import { loadHold, loadOperation, type HoldRow } from '../operation-rows';
import { hasItems, heldSince, ledDigests, type LedDigests } from './led-journal';

export interface Rerouted {
  hold: HoldRow;
  alternate: { id: string; name: string };
  /** The contract in force; null: none has the flow any more. */
  flow: FlowContract | null;
  /** Null: everybody's. */
  whose: Enrolled[] | null;
  /** When its execution began: what passed in the seconds of the switch is counted in, because it may have gone there. */
  from: Date;
  /** Null: still in place. */
  until: Date | null;
  /** It moves rows one by one, which stand in the journal of the operation that opened it and are not copied. */
  isJournaled: boolean;
  /** False of one that lies over a hold, while it is not in place yet or when it was stopped before it was: new messages go to the hold. */
  leadsNew: boolean;
  /** Its execution has not ended. */
  isRunning: boolean;
  /** What it sent on from the hold beneath: since when the tap may have seen it, and digests of the ids. Null: it sends nothing on. */
  led: { since: Date; digests: LedDigests } | null;
}

/** @throws Refusal not-found; invalid for a hold that is no reroute */
export async function loadRerouted(db: Database, holdId: string): Promise<Rerouted> {
  const hold = await loadHold(db, holdId);
  const opening = await loadOperation(db, hold.openedBy);
  const request = operationRequest.parse(opening.request);
  if (request.kind !== 'reroute') throw new Refusal('invalid', `Hold ${holdId} is no reroute: nothing went to an alternate.`);
  const plan = opening.plan === null ? null : operationPlan.parse(opening.plan);
  const { set } = await rememberedContracts(db);
  const flow = set.flows.find(({ metadata }) => metadata.id === hold.flowId) ?? null;
  const alternates = flow?.spec.reroute?.alternates;
  const isJournaled = hold.method === 'destination';
  const isRunning = opening.state === 'running';
  const from = opening.startedAt ?? hold.requestedAt;
  return {
    hold, alternate: { id: request.alternate, name: alternates?.find(({ id }) => id === request.alternate)?.name ?? request.alternate }, flow,
    whose: reroutedWhose(request.only ?? null, plan?.enrolled ?? null), from, until: hold.overAt, isJournaled,
    leadsNew: plan?.over == null || (!isRunning && !(['aborted', 'failed'].includes(opening.state) && hold.closedBy === opening.id)), isRunning,
    led: isJournaled || !(await hasItems(db, opening.id)) ? null : { since: await heldSince(db, hold, plan?.over?.holdId ?? null, from), digests: await ledDigests(db, opening.id) },
  };
}

/** Some of what an alternate received; a bound that is left out is that of the reroute. */
export interface ReceivedFilter {
  payer?: string | undefined;
  facility?: string | undefined;
  seenFrom?: string | undefined;
  seenUntil?: string | undefined;
}

/** @param scopes of who asks; null: everything @param now the end of the window while it is in place */
export function reroutedMessages({ hold, whose, from, until, leadsNew, led }: Rerouted, scopes: readonly Scope[] | null, now: Date, filter: ReceivedFilter = {}): ReroutedMessages {
  const { payer: ofPayer = '', facility: ofFacility = '', seenFrom, seenUntil } = filter;
  const windowToMs = (until ?? now).getTime();
  // Empty where new messages go to the hold beneath.
  const windowFromMs = leadsNew ? from.getTime() : windowToMs + 1;
  const sinceMs = Math.min(led?.since.getTime() ?? windowFromMs, windowFromMs);
  return {
    sourceId: hold.sourceId, channelId: hold.channelId, flowId: hold.flowId, sinceMs, windowFromMs, windowToMs, hasLed: led !== null && led.digests.all !== '', led: led?.digests.all ?? '', alike: led?.digests.alike ?? '',
    fromMs: Math.max(sinceMs, ...(seenFrom === undefined ? [] : [Date.parse(seenFrom)])), toMs: Math.min(windowToMs, ...(seenUntil === undefined ? [] : [Date.parse(seenUntil)])),
    ofPayer, ofFacility,
    everybody: whose === null, whosePayers: (whose ?? []).map(({ payer }) => payer ?? ''), whoseFacilities: (whose ?? []).map(({ facility }) => facility ?? ''),
    ...scopesAsParams(scopes ?? [{ facilities: null, payers: null }]),
  };
}
