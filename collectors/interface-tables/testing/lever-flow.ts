/** The levers of one flow on a test database, pulled as the runtime pulls them: plan, no lock, execute. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { channelId } from '@/server/domain/contracts/channel';
import type { HoldMethod } from '@/server/domain/operations/kinds';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import type { Credentials, PostgresSettings } from '@/server/domain/sources/connection';
import { postgresConnector } from '..';
import type { HoldInPlace, HoldObservation, LeverRequest, LeverResult, LeverTarget } from '../../runtime/operations/levers';
import type { ContractsInForce } from '../../runtime/taps/connector';
import type { LeverDatabase } from './lever-database';
import { startRun, testContext, testOperation, type TestOperation, type TestRun } from './lever-run';
import { connectedSource } from './manual-tap';

export interface LeverFlow {
  /** Changed by a test to another network or user. */
  settings: PostgresSettings;
  operator: Credentials | null;
  plan(request: LeverRequest): Promise<ConnectorPlan>;
  pause(id?: string): Promise<HoldInPlace>;
  act(request: LeverRequest, operation?: TestOperation, prepare?: (run: TestRun) => void): Promise<{ plan: ConnectorPlan; operation: TestOperation; run: TestRun; result: LeverResult }>;
  observe(hold: HoldInPlace): Promise<HoldObservation>;
  reassert(hold: HoldInPlace): Promise<void>;
  undo(request: LeverRequest, plan: ConnectorPlan, run: TestRun): Promise<void>;
}

export function leverFlow(database: LeverDatabase, contracts: ContractsInForce, flowId: string, method: HoldMethod): LeverFlow {
  const levers = postgresConnector.levers;
  const found = contracts.flows.find(({ metadata }) => metadata.id === flowId);
  const hop = found?.spec.path[0];
  if (levers === undefined || found === undefined || hop === undefined) throw new Error(`There is no flow ${flowId} with a lever.`);
  const target: LeverTarget = { flow: found, hop, channel: hop.channel, channelId: channelId(hop.channel) };
  const context = testContext(contracts);
  const source = () => connectedSource(flow.settings, database.reader, flow.operator);
  const flow: LeverFlow = {
    settings: database.settings, operator: database.operator,
    plan: (request) => levers.plan(source(), target, request, context),
    async pause(id = randomUUID()) {
      const { plan, operation } = await flow.act({ kind: 'pause', holdId: id, method }, testOperation(`pause-${id}`));
      return { id, method, action: plan.action, record: operation.recorded, requestedAt: new Date() };
    },
    async act(request, operation = testOperation(randomUUID()), prepare = () => undefined) {
      const plan = await levers.plan(source(), target, request, context);
      expect(plan.locks).toEqual([]);
      const run = startRun(operation, contracts, Object.keys(found.spec.fields));
      prepare(run);
      return { plan, operation, run, result: await levers.execute(source(), target, request, plan, run) };
    },
    observe: (hold) => levers.observe(source(), target, hold, context),
    reassert: (hold) => levers.reassert(source(), target, hold, context),
    undo: (request, plan, run) => levers.undo(source(), target, request, plan, run),
  };
  return flow;
}
