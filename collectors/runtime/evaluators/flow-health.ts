import type { ContractSet } from '@/server/domain/contracts/contract-set';
import { evaluateFlowHealth } from '@/server/domain/health/evaluate-flow-health';
import type { FlowFacts } from '@/server/domain/health/flow-facts';
import { sloOf } from '@/server/domain/health/flow-slo';
import { underHold } from '@/server/domain/health/under-hold';
import { readPreviousEvaluations } from '@/server/services/flows/read-previous-evaluations';
import { readFlowHolds } from '@/server/services/flows/read-flow-holds';
import { recordEvaluations } from '@/server/services/flows/record-evaluations';
import { minutesObserved, recordObservedMinutes } from '@/server/services/ingest/observed-minutes';
import { readIngestProgress } from '@/server/services/ingest/read-ingest-progress';
import { readStoredConnections } from '@/server/services/sources/stored-connections';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { Database } from '@/server/store/postgres';
import type { Job } from './job';
import { POLL_MS, readFacts } from './read-facts';
import { tappedSources } from './tapped-sources';

/**
 * Facts to status, for every flow with a contract in force. While ClickHouse does not answer, the facts read last grow
 * old until they say nothing any more, and the failure is reported as well.
 */
export function flowHealthJob(options: { db: Database; clickhouse: ClickHouse; contracts: () => ContractSet; now: () => Date }): Job {
  let observedThrough: number | null = null;
  let known: { facts: Map<string, FlowFacts>; completeThrough: number | null } | null = null;
  return {
    name: 'flow-health',
    everyMs: POLL_MS,
    async run(lease) {
      const { db, clickhouse } = options;
      const contracts = withoutRetired(options.contracts());
      const [progress, previous, stored, holds] = await Promise.all([readIngestProgress(db, options.now()), readPreviousEvaluations(db), readStoredConnections(db), readFlowHolds(db)]);
      const sources = tappedSources(contracts.sources, stored);
      let failure: Error | null = null;
      try {
        known = { facts: await readFacts(clickhouse, contracts, sources, progress, options.now().getTime()), completeThrough: progress.completeThrough };
      } catch (error) {
        if (known === null) throw error;
        failure = error instanceof Error ? error : new Error(String(error));
      }
      const { facts, completeThrough } = known;
      const now = options.now();
      const evaluations = contracts.flows.map((contract) => {
        const id = contract.metadata.id;
        const flowFacts = facts.get(id) ?? { hops: [], completeThrough, observingSince: null, pollMs: POLL_MS };
        const before = previous.get(id) ?? null;
        return [id, underHold(evaluateFlowHealth(flowFacts, sloOf(contract), before, now.getTime()), holds.get(id) ?? null, before, lastFailureOf(flowFacts), now.getTime())] as const;
      });
      await recordEvaluations(db, lease, new Map(evaluations), now);
      const observed = minutesObserved(progress, observedThrough);
      await recordObservedMinutes(db, observed);
      observedThrough = observed.at(-1) ?? observedThrough;
      if (failure !== null) throw failure;
    },
  };
}

/** Of all hops, Unix milliseconds. */
function lastFailureOf({ hops }: FlowFacts): number | null {
  return hops.reduce<number | null>((last, { inFlight }) => (inFlight?.lastFailureAt == null ? last : Math.max(last ?? 0, inFlight.lastFailureAt)), null);
}

function withoutRetired(contracts: ContractSet): ContractSet {
  return { ...contracts, flows: contracts.flows.filter(({ metadata }) => metadata.lifecycle !== 'retired') };
}
