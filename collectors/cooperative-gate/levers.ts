/**
 * Levers of the cooperative gate. There is no source to connect to: the gate is what the holds table says, clients ask the web
 * for it, and what they were told and what has been seen since are in our own stores.
 */
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { Database } from '@/server/store/postgres';
import type { HoldInPlace, HoldObservation, LeverContext, LeverRequest, LeverResult, LeverRun, LeverTarget } from '../runtime/operations/levers';

export interface GateStores {
  db: Database;
  clickhouse: ClickHouse;
}
export type GateContext = LeverContext & GateStores;
export type GateRun = LeverRun & GateStores;

/** `Levers` without a source; the same promises hold for each function. */
export interface CooperativeLevers {
  plan(target: LeverTarget, request: LeverRequest, context: GateContext): Promise<ConnectorPlan>;
  execute(target: LeverTarget, request: LeverRequest, plan: ConnectorPlan, run: GateRun): Promise<LeverResult>;
  undo(target: LeverTarget, request: LeverRequest, plan: ConnectorPlan, run: GateRun): Promise<void>;
  observe(target: LeverTarget, hold: HoldInPlace, context: GateContext): Promise<HoldObservation>;
  reassert(target: LeverTarget, hold: HoldInPlace, context: GateContext): Promise<void>;
}
