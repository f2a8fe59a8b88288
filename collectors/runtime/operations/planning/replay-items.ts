/** Which failed messages a replay is about, each judged by the contract. */
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import type { Touched } from '@/server/domain/operations/extent';
import { judgeCandidate, type ReplayCandidate } from '@/server/domain/operations/replay-policy';
import type { RequestOf } from '@/server/domain/operations/request';
import { askReplayCandidates } from '@/server/queries/replay-candidates';
import { earlierOutcomes } from '@/server/services/operations/engine/earlier-outcomes';
import type { PlannedItem } from '@/server/services/operations/engine/store-plan';
import type { Engine } from '../engine';
import type { LeverTarget } from '../levers';

/** More are refused: nobody could look through them, and they are replayed in parts. */
export const MOST_ITEMS = 20_000;
const KEYS_WINDOW_MS = 400 * 86_400_000;

export interface ReplayItems {
  items: PlannedItem[];
  eligible: (PlannedItem & Touched)[];
  notEligible: { reason: string; instead: string; count: number }[];
  /** More matched than may be taken at once. */
  isTooMany: boolean;
}

export async function replayItems({ db, clickhouse, now }: Engine, operationId: string, request: RequestOf<'replay'>, target: LeverTarget, signal: AbortSignal): Promise<ReplayItems> {
  const { selection } = request;
  const at = now();
  const filter = selection.by === 'filter' ? selection.filter : {};
  const rows = await askReplayCandidates(clickhouse, {
    sourceId: target.channel.source, originChannelId: target.channelId, flowId: target.flow.metadata.id,
    fromMs: selection.by === 'items' ? Math.max(0, at.getTime() - KEYS_WINDOW_MS) : Date.parse(selection.failedFrom),
    toMs: selection.by === 'items' ? at.getTime() : Date.parse(selection.failedUntil),
    itemKeys: selection.by === 'items' ? selection.itemKeys : [],
    reason: filter.reason ?? '', payer: filter.payer ?? '', facility: filter.facility ?? '', caseToken: filter.caseToken ?? '', limit: MOST_ITEMS + 1,
  }, signal);
  const isTooMany = rows.length > MOST_ITEMS;
  const earlier = await earlierOutcomes(db, { channelId: target.channelId, operationId, itemKeys: rows.map(({ itemKey }) => itemKey) });
  const items = rows.slice(0, MOST_ITEMS).map(({ failedMs, seenMs: _, ...row }): PlannedItem & Touched => {
    const candidate: ReplayCandidate = { itemKey: row.itemKey, failedAt: new Date(failedMs), reason: row.reason, earlier: earlier.get(row.itemKey) ?? null };
    const verdict = judgeCandidate(target.flow, candidate, { now: at, overrideUnknown: request.overrideUnknown, hasAttestation: request.attestation !== undefined });
    return { ...row, failedAt: candidate.failedAt, state: verdict.eligible ? 'pending' : 'not-eligible', note: verdict.eligible ? '' : verdict.reason, instead: verdict.eligible ? '' : verdict.instead };
  });
  return { items, eligible: items.filter(({ state }) => state === 'pending'), notEligible: grouped(items), isTooMany };
}

/** Causes that a replay alone does not mend, as warnings. */
export function reasonWarnings(flow: FlowContract, eligible: readonly { reason: string }[]): string[] {
  const lasting = new Map((flow.spec.deadLetter?.reasons ?? []).filter(({ retryable }) => !retryable).map(({ code, route }) => [code, route]));
  const counts = new Map<string, number>();
  for (const { reason } of eligible) if (lasting.has(reason)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} of them failed with ${reason}, which sending again does not mend by itself. Is the cause mended? ${lasting.get(reason)} knows.`);
}

function grouped(items: readonly PlannedItem[]): ReplayItems['notEligible'] {
  const groups = new Map<string, { reason: string; instead: string; count: number }>();
  for (const { state, note: reason, instead } of items) {
    if (state !== 'not-eligible') continue;
    const key = JSON.stringify([reason, instead]);
    groups.set(key, { reason, instead, count: (groups.get(key)?.count ?? 0) + 1 });
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count);
}
