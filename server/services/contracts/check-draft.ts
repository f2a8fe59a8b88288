import { channelId } from '@/server/domain/contracts/channel';
import { problemsOfChange } from '@/server/domain/contracts/console-change';
import { parseConsoleFlow, type ConsoleState } from '@/server/domain/contracts/console-files';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import type { ContractProblem } from '@/server/domain/contracts/rules';
import type { Database } from '@/server/store/postgres';
import { readConsoleState } from './console-state';
import type { ActiveContracts } from './load-active-contracts';

export interface DraftFindings {
  flow: FlowContract | null;
  problems: ContractProblem[];
}

/**
 * A draft judged as if it were activated now: by itself, and together with everything that is in force.
 *
 * @param inForce asked only for a draft that is sound by itself
 */
export async function checkDraft(db: Pick<Database, 'query'>, yaml: string, inForce: () => Promise<ActiveContracts>): Promise<DraftFindings> {
  const parsed = parseConsoleFlow(yaml);
  const body = parsed.documents[0]?.body;
  const flow = body?.kind === 'Flow' ? body : null;
  if (parsed.problems.length > 0 || !flow) return { flow, problems: parsed.problems };
  const { documents } = await inForce();
  const before = await readConsoleState(db);
  return { flow, problems: problemsOfChange(documents, before, withDocument(before, flow.metadata.id, yaml)) };
}

export function describeFlow({ metadata: { id, name, version, lifecycle }, spec }: FlowContract) {
  return { id, name, version, lifecycle, hops: spec.path.map((hop) => ({ id: hop.id, name: hop.name, channelId: channelId(hop.channel) })) };
}

function withDocument(state: ConsoleState, id: string, yaml: string): ConsoleState {
  return { ...state, documents: [...state.documents.filter((document) => document.kind !== 'Flow' || document.id !== id), { kind: 'Flow', id, yaml }] };
}
