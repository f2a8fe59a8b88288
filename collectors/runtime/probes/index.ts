/** What a collector process asks preconditions with: targets over HTTP, databases by a statement, traces. */
import type { ContractSet } from '@/server/domain/contracts/contract-set';
import type { Precondition } from '@/server/domain/contracts/flow-schema';
import type { MapperOptions } from '@/server/domain/mapping/compile-mapper';
import { createKeyTokenizer } from '@/server/domain/mapping/key-token';
import type { FieldValues } from '@/server/domain/operations/preconditions/http-question';
import type { Verdict } from '@/server/domain/operations/preconditions/verdict';
import type { PrimaryVerdict } from '@/server/domain/operations/primary-verdict';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { Environment } from '../taps/configured-sources';
import { askPrecondition, type ProbeContext } from './ask-precondition';
import { askPrimary, type AskedPrimaryProbe } from './ask-primary';
import { hasReached } from './case-steps';
import { createHttpClient } from './http-answer';
import { probeAddress } from './probe-addresses';

export interface Probes {
  /** Fails closed, and never throws. */
  ask(precondition: Precondition, fields: FieldValues, signal: AbortSignal): Promise<Verdict>;
  /** Whether the primary of a reroute takes messages again. Fails closed, and never throws. */
  askPrimary(probe: AskedPrimaryProbe, signal: AbortSignal): Promise<PrimaryVerdict>;
  close(): void;
}

/** @param countRows see `ProbeContext`; the connector of the database has it */
export function createProbes(
  { contracts, clickhouse, env, countRows, now, tokenKey, tokenKeyId }: MapperOptions & {
    contracts: () => ContractSet; clickhouse: ClickHouse; env: Environment; countRows: ProbeContext['countRows']; now: () => Date;
  },
): Probes {
  const http = createHttpClient();
  const tokenizer = createKeyTokenizer(tokenKey, tokenKeyId);
  const addressOf = (sourceId: string) => probeAddress(sourceId, contracts().sources, env);
  return {
    ask: (precondition, fields, signal) => askPrecondition(precondition, fields, {
      http, countRows, signal, now, addressOf,
      hasReached: (step, values, until) => hasReached({ contracts, clickhouse, tokenizer, now }, step, values, until),
    }),
    askPrimary: (probe, signal) => askPrimary(probe, { http, addressOf, countRows, signal }),
    close: () => http.close(),
  };
}
