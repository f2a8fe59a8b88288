/** Whether the case of a message has reached a step of its process, as far as traces know. */
import type { ContractSet } from '@/server/domain/contracts/contract-set';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import type { StepEvidence } from '@/server/domain/contracts/process-schema';
import { cleanValue } from '@/server/domain/mapping/clean-value';
import type { KeyTokenizer } from '@/server/domain/mapping/key-token';
import type { FieldValues } from '@/server/domain/operations/preconditions/http-question';
import { askCaseSeen, askLegTraced } from '@/server/queries/case-steps';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import { SPANS_TABLE } from '@/server/store/clickhouse/spans-ddl';

type HopEvidence = Extract<StepEvidence, { flow: string }>;

const KEPT_MS = SPANS_TABLE.retentionDays * 86_400_000;
/** What was silent for longer is no witness of what did not happen. */
const WITNESS_MS = 3_600_000;

export interface CaseSteps {
  contracts: () => ContractSet;
  clickhouse: ClickHouse;
  tokenizer: KeyTokenizer;
  now: () => Date;
}

/** @returns a problem as a clause without a full stop where traces cannot tell. @throws when ClickHouse does not answer */
export async function hasReached(
  { contracts, clickhouse, tokenizer, now }: CaseSteps, step: { process: string; step: string }, fields: FieldValues, signal: AbortSignal,
): Promise<boolean | { problem: string }> {
  const { processes, flows } = contracts();
  const process = processes.find(({ metadata }) => metadata.id === step.process);
  const evidence = process?.spec.steps.find(({ id }) => id === step.step)?.evidence;
  if (process === undefined || evidence === undefined) return { problem: `There is no step "${step.step}" of process "${step.process}" in force` };
  const key = cleanValue(fields(process.spec.caseKey));
  if (key === undefined) return { problem: `The message has no ${process.spec.caseKey}, by which its case is found` };
  const hops = evidence.filter((each): each is HopEvidence => 'flow' in each);
  if (hops.length === 0) return { problem: `Nothing that is traced proves the step "${step.step}"` };
  const nowMs = now().getTime();
  for (const { flow: flowId, hop: hopId, leg } of hops) {
    const caseToken = storedAs(flows.find(({ metadata }) => metadata.id === flowId), process.spec.caseKey, key, tokenizer);
    if (caseToken === null) return { problem: `Flow ${flowId} does not carry its cases under ${process.spec.caseKey}, so traces cannot be searched for this one` };
    const [seen] = await askCaseSeen(clickhouse, { caseToken, flowId, hopId, leg, fromMs: nowMs - KEPT_MS }, signal);
    if ((seen?.spans ?? 0) > 0) return true;
  }
  if (hops.length < evidence.length) return { problem: `Something that is not traced may prove the step "${step.step}" as well` };
  for (const { flow: flowId, hop: hopId, leg } of hops) {
    const [traced] = await askLegTraced(clickhouse, { flowId, hopId, leg, sinceMs: nowMs - WITNESS_MS }, signal);
    if ((traced?.spans ?? 0) === 0) return { problem: `Nothing at all was traced at hop ${hopId} of flow ${flowId} within the last hour, so what traces do not show may have happened` };
  }
  return false;
}

/** The key of a case as spans of a flow carry it: in the flow's letters, and as a token where the flow makes it one. */
function storedAs(flow: FlowContract | undefined, caseKey: string, key: string, tokenizer: KeyTokenizer): string | null {
  const field = flow?.spec.fields[caseKey];
  if (!field?.case || field.lookup !== undefined) return null;
  const written = field.letters === 'upper' ? key.toUpperCase() : field.letters === 'lower' ? key.toLowerCase() : key;
  return field.token ? tokenizer.tokenOf(written).token : written;
}
