/** What every part of the engine works with. */
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import type { EditVault } from '@/server/domain/operations/edit-vault';
import type { PrimaryVerdict } from '@/server/domain/operations/primary-verdict';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { Database } from '@/server/store/postgres';
import type { Logger } from '../logger';
import type { AskedPrimaryProbe } from '../probes/ask-primary';
import type { ContractsInForce } from '../taps/connector';
import type { FindLevers } from './bound-levers';

type Precondition = NonNullable<NonNullable<FlowContract['spec']['replay']>['preconditions']>[number];

/** Asks one precondition for one message; fails closed. `fields` gives business values in clear, for the probe only. */
export type AskPrecondition = (precondition: Precondition, fields: (name: string) => string | undefined, signal: AbortSignal) => Promise<{ holds: boolean; evidence: string; isSilent?: true }>;

export interface Engine {
  db: Database;
  clickhouse: ClickHouse;
  contracts: () => ContractsInForce;
  levers: FindLevers;
  ask: AskPrecondition;
  /** Whether the primary of a reroute takes messages again; fails closed, never throws. */
  askPrimary: (probe: AskedPrimaryProbe, signal: AbortSignal) => Promise<PrimaryVerdict>;
  vault: EditVault;
  installation: string;
  logger: Logger;
  now: () => Date;
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
}
