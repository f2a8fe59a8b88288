/** Carrying out: the gate follows the holds table, so what is left to do is to see that clients have heard. */
import { setTimeout as sleep } from 'node:timers/promises';
import { closesGate } from '@/server/domain/operations/gate';
import { liveClients } from '@/server/domain/operations/gate-verdict';
import { ClickHouseFailure } from '@/server/store/clickhouse/client';
import { FenceLost, SourceAway, type LeverRequest, type LeverResult, type LeverTarget } from '../runtime/operations/levers';
import { isTelemetryCurrent, lookAtGate, traffic, type GateLook } from './gate-evidence';
import type { GateRun } from './levers';
import { measurePace } from './pace';

const LOOK_EVERY_MS = 1_000;

/** @throws Error for what cannot be done by a gate */
export async function executeGate(target: LeverTarget, request: LeverRequest, run: GateRun): Promise<LeverResult> {
  switch (request.kind) {
    case 'pause': return done('The gate is closed. Clients that wait for a change have been told; the others are at their next question.');
    case 'reroute': return done(`The gate names the route ${request.alternate}. Clients that wait for a change have been told; the others are at their next question.`);
    case 'restore': return { ...done(''), ...(await untilTold(target, 'The gate names no route any more.', run)) };
    case 'release': return release(target, request, run);
    case 'canary':
    case 'replay': throw new Error(`A ${request.kind} cannot be done by a gate.`);
  }
}

async function release(target: LeverTarget, { hold, perSecond }: Extract<LeverRequest, { kind: 'release' }>, run: GateRun): Promise<LeverResult> {
  const { gate } = await lookAtGate(target, run);
  if (gate?.holds.some((own) => own.id === hold.id && closesGate(own))) throw new Error('The hold still keeps the gate closed: it was not marked as being released.');
  const isOpen = gate?.answer.state === 'open';
  const told = await untilTold(target, isOpen ? 'The gate is open.' : 'This hold is over, and the gate stays closed: the flow has another one.', run);
  if (!told.complete || perSecond === null || !isOpen) return { ...done(''), ...told };
  const { verifyAfterMs } = (await lookAtGate(target, run)).terms;
  // Counted from one minute on, so that two looks differ by what was received between them.
  const from = run.now();
  const pace = measurePace(verifyAfterMs);
  let passed = 0;
  for (;;) {
    const seen = await passing(target, from, run);
    let measured: number | null = null;
    if (seen !== null) ({ passed, perSecond: measured } = pace.add({ at: run.now(), messages: seen }));
    if (measured !== null && measured < 0.9 * perSecond) {
      return { ...done(`Less than ${perSecond} per second was received for ${Math.round(verifyAfterMs / 1000)} s: what had waited is through, and the rate ends.`), moved: passed };
    }
    run.progress({ sentence: `The gate is open at ${perSecond} per second${seen === null ? '; telemetry is behind, so nobody knows what passes' : measured === null ? '' : `; ${measured.toFixed(1)} are received`}.`, moved: passed });
    if (!(await another(run))) return { ...done(`Stopped while the gate was open at ${perSecond} per second; what is left stays held.`), moved: passed, complete: false };
  }
}

/** Messages received since an instant; null while telemetry is behind. @throws SourceAway while it cannot be read */
async function passing(target: LeverTarget, from: number, run: GateRun): Promise<number | null> {
  try {
    return (await isTelemetryCurrent(run)) ? (await traffic(target, from, run)).messages : null;
  } catch (error) {
    throw error instanceof ClickHouseFailure ? new SourceAway(`What passes cannot be read: ${error.message}.`, { cause: error }) : error;
  }
}

/** Waits until every client that asks was given the answer of now; one that does not ask within its `maxStale` is not waited for. */
async function untilTold(target: LeverTarget, what: string, run: GateRun): Promise<{ sentence: string; complete: boolean }> {
  for (;;) {
    const look = await lookAtGate(target, run);
    const live = clientsOf(look, run.now());
    const waiting = live.filter(({ etag }) => etag !== look.gate?.etag);
    if (waiting.length === 0) {
      const who = live.length === 0 ? 'No client asks it now' : `${live.map(({ name }) => name).slice(0, 5).join(', ')} ${live.length === 1 ? 'knows' : 'know'}`;
      return { sentence: `${what} ${who}.`, complete: true };
    }
    run.progress({ sentence: `${what} Not yet told: ${waiting.map(({ name }) => name).slice(0, 5).join(', ')}.` });
    if (!(await another(run))) return { sentence: `Stopped before all clients were told: ${waiting.length} of ${live.length} have not asked since.`, complete: false };
  }
}

/** Waits for the next look. @returns false when somebody has asked to stop @throws FenceLost */
async function another(run: GateRun): Promise<boolean> {
  if (run.stopRequested()) return false;
  await sleep(LOOK_EVERY_MS, undefined, { signal: run.signal });
  if (!run.isHeld()) throw new FenceLost();
  return true;
}

function clientsOf({ clients, terms }: GateLook, now: number): { name: string; etag: string; lastAt: number }[] {
  return liveClients(clients.map(({ name, etag, lastAt }) => ({ name, etag, lastAt: lastAt.getTime() })), now, terms);
}

function done(sentence: string): LeverResult {
  return { sentence, moved: null, possibleDuplicates: 0, complete: true };
}
