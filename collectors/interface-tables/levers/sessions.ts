/** Connections of levers: opened for one act or look, closed after it, and failures told as the runtime expects them. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectableKind, SettingsByKind } from '@/server/domain/sources/connection';
import { FenceLost, SourceAway, type LeverRun } from '../../runtime/operations/levers';
import type { ConnectedSource } from '../../runtime/taps/connector';
import { SourceProblem } from '../dialect';
import type { LeverDialect, LeverSession } from '../lever-dialect';

/** An act takes milliseconds; what takes longer stands in the way of the application. */
const LIMITS = { statementMs: 5_000, lockMs: 500 };

/** Opens connections to the source with the credentials for levers, and closes them all. */
export interface Sessions {
  open(): Promise<LeverSession>;
}

/**
 * @throws SourceAway while the source does not answer, refuses the user, or keeps the table locked
 * @throws Error with a sentence for people for everything else
 */
export async function withSessions<K extends ConnectableKind, T>(dialect: LeverDialect<SettingsByKind[K]>, { levers, settings, name }: ConnectedSource<K>, work: (sessions: Sessions) => Promise<T>): Promise<T> {
  if (levers === null) throw new Error(NO_CREDENTIALS(name));
  const opened: LeverSession[] = [];
  try {
    return await work({
      async open() {
        const session = await dialect.connect(settings, levers, LIMITS);
        opened.push(session);
        return session;
      },
    });
  } catch (error) {
    throw error instanceof SourceProblem ? leverProblem(error, levers.user) : error;
  } finally {
    await Promise.all(opened.map((session) => session.close()));
  }
}

export const NO_CREDENTIALS = (name: string): string => `${name} is observe only: no credentials for levers are stored. Enter them under Settings → Sources.`;

function leverProblem(problem: SourceProblem, user: string): Error {
  const waits = problem.state === 'unreachable' || problem.state === 'locked' || problem.state === 'slow' || problem.reach === 'database';
  if (waits) return new SourceAway(problem.message);
  if (problem.state === 'denied') return new Error(`The levers user ${user} lacks a right that it had when the plan was made. It needs SELECT on the table, UPDATE of the columns that the plan names, and SELECT and UPDATE on signalbox.gate where the gate is used. Grant it again and make a new plan.`);
  return new Error(problem.message);
}

/** Ask immediately before every act. @throws FenceLost */
export function stillOurs(run: Pick<LeverRun, 'isHeld'>): void {
  if (!run.isHeld()) throw new FenceLost();
}

/** Waits; returns early when the operation is called off. */
export async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await pause(ms, undefined, { signal }).catch(() => undefined);
}
