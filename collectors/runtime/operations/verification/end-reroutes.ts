/**
 * Ends reroutes whose time is over: probes the primary, and asks for, reads and confirms a restore as a person would. Nothing
 * of it is kept in memory, so that whoever is killed on the way is continued: the restore's id is made of what expires.
 */
import { instantWords } from '@/server/domain/instant-words';
import { setTimeout as pause } from 'node:timers/promises';
import { locksOf, operationPlan } from '@/server/domain/operations/plan';
import { judgePrimaryConsumers, noAnswer, type PrimaryVerdict } from '@/server/domain/operations/primary-verdict';
import { REROUTE_FIGURES } from '@/server/domain/operations/reroute-figures';
import { isFinal, type OperationState } from '@/server/domain/operations/operation-states';
import { confirmOperation } from '@/server/services/operations/confirm-operation';
import { expiredReroutes, leaveInPlace, pointlessRestores, REROUTE_END, restoreIdOf } from '@/server/services/operations/engine/reroute-end';
import { readLeverSwitch } from '@/server/services/operations/lever-switch';
import type { HoldRow, OperationRow } from '@/server/services/operations/operation-rows';
import { requestOperation } from '@/server/services/operations/request-operation';
import { stopOperation } from '@/server/services/operations/stop-operation';
import { Refusal } from '@/server/services/refusal';
import { sentenceOf, type Engine } from '../engine';
import { leverTarget } from '../lever-target';
import { lookAtHold } from './look-at-hold';

/** Whoever does not answer in this time has not answered. */
const PROBE_LIMIT_MS = 10_000;

export async function endReroutes(engine: Engine, signal: AbortSignal): Promise<void> {
  const { db } = engine;
  const context = contextOf(engine);
  for (const { id } of await pointlessRestores(db, engine.now())) {
    await stopOperation(context, { id, reason: 'The reroute is over, or its end was moved.' }).catch(ignoreRefusal);
  }
  const holds = await expiredReroutes(db, engine.now());
  await Promise.all(holds.map((hold) => endReroute(engine, hold, signal)));
}

async function endReroute(engine: Engine, hold: HoldRow, signal: AbortSignal): Promise<void> {
  const id = restoreIdOf(hold);
  const restore = await engine.db.query.operations.findFirst({ where: (row, { eq }) => eq(row.id, id) });
  const stay = (sentence: string) => leaveInPlace(engine.db, hold, sentence, engine.now());
  if (restore === undefined) {
    const verdict = await probe(engine, hold, signal);
    if (signal.aborted) return;
    if (!verdict.passes) return void await stay(verdict.evidence);
    try {
      await requestOperation(contextOf(engine), { kind: 'restore', id, flowId: hold.flowId, hopId: hold.hopId, holdId: hold.id });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await stay(`${verdict.evidence} It could not be restored: ${error.message}`);
    }
    return;
  }
  if (restore.state === 'planned') return confirm(engine, hold, restore, signal);
  if (isFinal(restore.state as OperationState)) await stay(`Its restore ended as ${restore.state} (operation ${restore.id}).`);
}

/** The plan took a while to make, so the primary is asked once more before anything is changed. */
async function confirm(engine: Engine, hold: HoldRow, restore: OperationRow, signal: AbortSignal): Promise<void> {
  const context = contextOf(engine);
  const locks = locksOf(operationPlan.parse(restore.plan));
  const verdict = locks.length > 0 ? null : await probe(engine, hold, signal);
  if (signal.aborted) return;
  const problem = verdict === null ? `The restore is locked: ${locks.map(({ sentence }) => sentence).join(' ')}` : verdict.passes ? null : verdict.evidence;
  if (problem !== null) {
    await stopOperation(context, { id: restore.id, reason: problem.slice(0, 500) });
    await leaveInPlace(engine.db, hold, problem, engine.now());
    return;
  }
  const reason = `Expired at ${instantWords(hold.reviewBy)}, and the probe passed. ${verdict?.evidence}`;
  // Somebody who acts on the channel at this moment is waited for; a restore by hand makes this one pointless.
  await confirmOperation(context, { id: restore.id, planHash: restore.planHash!, reason: reason.slice(0, 500) }).catch(ignoreRefusal);
}

/** Never longer than its limit, whatever is asked. */
async function probe(engine: Engine, hold: HoldRow, signal: AbortSignal): Promise<PrimaryVerdict> {
  // Sentences of an expiry are sent to people's pagers: they hold nothing that somebody typed.
  if ((await readLeverSwitch(engine.db)) !== null) return noAnswer('All levers are disabled, so nothing was probed');
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PROBE_LIMIT_MS)]);
  const ended = new AbortController();
  try {
    return await Promise.race([
      ask(engine, hold, limit),
      pause(PROBE_LIMIT_MS, undefined, { signal: AbortSignal.any([signal, ended.signal]) }).then(() => noAnswer(`The probe gave no answer within ${PROBE_LIMIT_MS / 1_000} s`)),
    ]);
  } catch (error) {
    return noAnswer(sentenceOf(error).replace(/\.$/, ''));
  } finally {
    ended.abort();
  }
}

async function ask(engine: Engine, hold: HoldRow, signal: AbortSignal): Promise<PrimaryVerdict> {
  const { flow } = leverTarget(engine.contracts(), hold.flowId, hold.hopId);
  const asked = flow.spec.reroute?.primaryProbe;
  if (asked === undefined) return { passes: false, evidence: 'The contract names no probe of the primary (reroute.primaryProbe), so nobody but its owner can end it.' };
  if (!('consumers' in asked)) return engine.askPrimary(asked, signal);
  const { state, sentence, figures } = await lookAtHold(engine, hold, signal);
  return state === 'unreachable' ? noAnswer(sentence.replace(/\.$/, '')) : judgePrimaryConsumers(asked.consumers, figures[REROUTE_FIGURES.consumersAtPrimary]);
}

function contextOf({ db, clickhouse, now }: Engine) {
  return { db, clickhouse, now, actor: REROUTE_END };
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
}
