/** What became of the messages that a replay or a canary sent: confirmed, rejected, unknown. Looks for evidence, never assumes. */
import { instantWords } from '@/server/domain/instant-words';
import { deadLetterChannelId } from '@/server/domain/contracts/channel';
import { resolveItems } from '@/server/store/clickhouse/resolve-failures';
import { raiseFence } from '@/server/services/operations/engine/fenced';
import { openItems, settleItems } from '@/server/services/operations/engine/item-journal';
import { changeState, showProgress } from '@/server/services/operations/engine/run-operation';
import { operationsToSettle, itemCounts } from '@/server/services/operations/engine/outcomes';
import type { ItemRow, OperationRow } from '@/server/services/operations/operation-rows';
import type { OperationProgress } from '@/server/services/operations/operation-view';
import { duplicateReasons, judgeResult, JUDGED_STATES, outcomeOf, outcomeStages, type OutcomeStage } from '@/server/domain/operations/outcome';
import { actorInWords } from '@/server/domain/roles/actor';
import { failureVersion } from '../../taps/tap-rows';
import type { Engine } from '../engine';
import { leverTarget } from '../lever-target';
import type { LeverTarget } from '../levers';
import { askResults } from './ask-results';

/** Watched closely for so long; after that it is the owner's to await. */
const CLOSE_WATCH_MS = 60_000;

export async function settleOutcomes(engine: Engine, signal: AbortSignal): Promise<void> {
  for (const row of await operationsToSettle(engine.db)) {
    if (signal.aborted) return;
    await settle(engine, row, signal);
  }
}

async function settle(engine: Engine, row: OperationRow, signal: AbortSignal): Promise<void> {
  const fence = row.fence + 1n;
  if (!(await raiseFence(engine.db, row.id, fence))) return;
  const operation = { id: row.id, fence };
  const now = engine.now();
  const target = leverTarget(engine.contracts(), row.flowId, row.hopId);
  const items = await openItems(engine.db, row.id);
  await settleItems(engine.db, operation, 'skipped', items.filter(({ state }) => state === 'pending').map(({ itemKey }) => ({ itemKey, note: 'The operation ended before it was sent.', instead: 'Replay it with a new operation.' })), now);
  await settleItems(engine.db, operation, 'unknown', items.filter(({ state }) => state === 'sending').map(({ itemKey }) => ({ itemKey, note: 'The execution ended while it was being sent; nothing tells whether it was.' })), now);
  const sent = items.filter(({ state }) => state === 'sent');
  await markAsNoLongerFailed(engine, row, target, sent);
  const stages = outcomeStages(target.flow);
  const isWaiting = stages.length > 0 && sent.length > 0 ? await lookForResults(engine, row, { sent, stages, duplicates: duplicateReasons(target.flow), operation, signal }) : false;
  const end = outcomeOf(await itemCounts(engine.db, row.id), { isWaiting, hasConfirm: stages.length > 0, stopped: row.stopRequestedAt !== null && row.kind !== 'release' });
  if (end === null) {
    const sinceMs = now.getTime() - Math.max(...sent.map(({ sentAt }) => sentAt?.getTime() ?? 0));
    if (row.state === 'verifying' && sinceMs > CLOSE_WATCH_MS) {
      const last = stages.at(-1);
      const untilMs = now.getTime() - sinceMs + (last?.withinMs ?? 0);
      await changeState(engine.db, operation, 'awaiting-confirmation', { now, sentence: `All is sent; ${last?.name ?? 'the business result'} is awaited until ${instantWords(untilMs)}. ${actorInWords(row.owner)} answers for it.` });
    } else {
      await showProgress(engine.db, operation, { ...(row.progress as object), sentence: row.summary }, now);
    }
    return;
  }
  // Of a ramp the last step is not among the items: what was done stands before what became of those that were watched.
  const done = row.kind === 'release' ? `${(row.progress as OperationProgress).sentence ?? ''} Of those that were watched: ` : '';
  await changeState(engine.db, operation, end.state, { now, sentence: `${done}${end.sentence}` });
}

/** @returns whether some item still awaits its result */
async function lookForResults(
  engine: Engine, row: OperationRow,
  { sent, stages, duplicates, operation, signal }: { sent: readonly ItemRow[]; stages: readonly OutcomeStage[]; duplicates: ReadonlySet<string>; operation: { id: string; fence: bigint }; signal: AbortSignal },
): Promise<boolean> {
  const at = engine.now();
  const verdicts = (await askResults(engine, row, sent, stages, signal)).map(({ itemKey, sentMs, ...told }) => ({ itemKey, ...judgeResult(stages, { ...told, duplicates, waitedMs: at.getTime() - sentMs }) }));
  for (const state of JUDGED_STATES) await settleItems(engine.db, operation, state, verdicts.filter((verdict) => verdict.state === state), at);
  return verdicts.some(({ state }) => state === 'sent');
}

/** What was taken from the dead-letter queue lies there no more; if it fails again, the tap says so with a later look. */
async function markAsNoLongerFailed({ clickhouse }: Engine, row: OperationRow, { channel }: LeverTarget, sent: readonly ItemRow[]): Promise<void> {
  const channelId = deadLetterChannelId(channel);
  if (row.kind !== 'replay' || channelId === null || sent.length === 0) return;
  const bySecond = new Map<number, string[]>();
  for (const { itemKey, sentAt } of sent) {
    const at = sentAt?.getTime() ?? 0;
    bySecond.set(at, [...(bySecond.get(at) ?? []), itemKey]);
  }
  for (const [at, itemKeys] of bySecond) {
    await resolveItems(clickhouse, { sourceId: row.sourceId, channelId, seenBefore: at, itemKeys, seenAt: at, version: failureVersion(at, 0n) });
  }
}
