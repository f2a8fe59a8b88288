/** Looks for tables that work like queues and drafts contracts for those that no contract names. */
import { channelId } from '@/server/domain/contracts/channel';
import type { ConnectableKind, SettingsByKind } from '@/server/domain/sources/connection';
import type { DiscoveredNode, Discovery, DraftContract } from '@/server/domain/sources/discovery';
import type { ConnectedSource, ContractsInForce } from '../../runtime/taps/connector';
import { contractTables } from '../contract-tables';
import { SourceProblem, type CandidateTable, type DatabaseSession, type TableDialect } from '../dialect';
import { draftContract, statusesInWords } from './draft-contract';
import { DRAFT_SCORE, NOTE_SCORE, judgeTable, type TableJudgement } from './judge-table';

const MOST_TABLES = 2_000;
const MOST_SAMPLES = 40;
const MOST_DRAFTS = 50;
const MOST_MENTIONED = 20;
const LIMITS = { statementMs: 10_000, lockMs: 250 };

/** @throws SourceProblem */
export async function discoverTables<K extends ConnectableKind>(
  dialect: TableDialect<SettingsByKind[K]>, source: ConnectedSource<K>, contracts: ContractsInForce, signal: AbortSignal,
): Promise<Discovery> {
  if (!source.observe) throw new SourceProblem('The source has no credentials. Enter a user and a password.', 'database', 'denied');
  const session = await dialect.connect(source.settings, source.observe, LIMITS);
  const stop = () => void session.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const schemas = 'schemas' in source.settings ? source.settings.schemas : [];
    const { candidates, leftOut } = await session.candidates(schemas, MOST_TABLES);
    const notes: string[] = leftOut > 0 ? [`${leftOut} more tables with a status column were not looked at. Name the schemas of interest in the source's settings.`] : [];
    return discoveryOf(source.id, await judgeAll(session, candidates, notes), contracts, notes);
  } finally {
    signal.removeEventListener('abort', stop);
    await session.close();
  }
}

/** Where neither statistics nor constraints tell the status values, a bounded part of the table is read. */
async function judgeAll(session: DatabaseSession, candidates: readonly CandidateTable[], notes: string[]): Promise<TableJudgement[]> {
  const judged = candidates.map(judgeTable);
  let samples = 0;
  for (const [index, judgement] of judged.entries()) {
    const { status, table, score } = judgement;
    if (!status || status.values.length > 0 || score < NOTE_SCORE - 10) continue;
    const name = `${table.schema}.${table.table}`;
    if (samples === MOST_SAMPLES) {
      notes.push(`The status values of ${name} and possibly others are not known: ${MOST_SAMPLES} tables were sampled. Run ANALYZE, or name fewer schemas.`);
      break;
    }
    samples += 1;
    const values = await session.sampleValues(table, status.name);
    if (values === null) notes.push(`${name}: its status values could not be read in time.`);
    else if (values.length > 0) judged[index] = judgeTable({ ...table, columns: table.columns.map((column) => (column === status ? { ...column, values } : column)) });
  }
  return judged.toSorted((a, b) => b.score - a.score || (nameOf(a) < nameOf(b) ? -1 : 1));
}

function discoveryOf(sourceId: string, judged: readonly TableJudgement[], contracts: ContractsInForce, notes: string[]): Discovery {
  const contracted = new Map(contractTables(sourceId, contracts).map((table) => [table.channelId, table]));
  const ids = new Set(contracts.flows.map(({ metadata }) => metadata.id));
  const nodes: DiscoveredNode[] = [];
  const drafts: DraftContract[] = [];
  const mentioned: string[] = [];
  for (const judgement of judged) {
    const id = idOf(sourceId, judgement.table);
    const contract = contracted.get(id);
    contracted.delete(id);
    if (!contract && judgement.score < NOTE_SCORE) continue;
    const flows = contract?.flows.map(({ metadata }) => metadata.id) ?? [];
    const remarks: string[] = [];
    if (!contract && judgement.score >= DRAFT_SCORE && drafts.length < MOST_DRAFTS) {
      const draft = draftContract(sourceId, judgement, ids);
      if ('problem' in draft) remarks.push(`No draft: ${draft.problem}.`);
      else {
        drafts.push(draft);
        ids.add(draft.flowId);
      }
    } else if (!contract && judgement.score < DRAFT_SCORE) mentioned.push(`${nameOf(judgement)} (${judgement.score} of 100: ${judgement.reasons.join('; ')})`);
    else if (!contract) remarks.push(`No draft: there are more than ${MOST_DRAFTS}. Activate some and look again.`);
    nodes.push(nodeOf(id, judgement, flows, remarks));
  }
  for (const { channelId: id, schema, table, flows } of contracted.values()) {
    nodes.push({ id, kind: 'table', name: `${schema}.${table}`, facts: [], flows: flows.map(({ metadata }) => metadata.id), notes: ['A contract names this table, but it was not found, may not be read, or has no column that looks like a status.'] });
  }
  if (mentioned.length > 0) notes.push(`Only somewhat like interface tables, so no draft was made: ${mentioned.slice(0, MOST_MENTIONED).join(', ')}${mentioned.length > MOST_MENTIONED ? ` and ${mentioned.length - MOST_MENTIONED} more` : ''}.`);
  if (judged.length === 0) notes.push('No table with a column that looks like a status was found that the user may read. Grant SELECT on the interface tables, or check the schemas in the settings.');
  return { nodes, edges: [], drafts, notes };
}

function nodeOf(id: string, judgement: TableJudgement, flows: string[], remarks: string[]): DiscoveredNode {
  const { table, status, score, reasons } = judgement;
  const facts = [
    { label: 'kind', text: table.kind },
    { label: 'rows', text: table.estimatedRows === null ? 'not known' : `about ${Math.round(table.estimatedRows).toLocaleString('en-US')}` },
    { label: 'likeness', text: `${score} of 100: ${reasons.join('; ')}` },
    ...(status && judgement.statuses.length > 0 ? [{ label: `status (${status.name})`, text: statusesInWords(judgement) }] : []),
  ];
  const indexed = status === null || table.indexedColumns.includes(status.name);
  const notes = [...remarks];
  if (!indexed && table.kind === 'table') notes.push(`No index begins with ${status?.name}: once it is tapped, Signalbox says whether one is needed and which.`);
  return { id, kind: 'table', name: `${table.schema}.${table.table}`, facts, flows, notes };
}

function idOf(source: string, { schema, table }: CandidateTable): string {
  return channelId({ source, kind: 'table', schema, table });
}

function nameOf({ table }: TableJudgement): string {
  return `${table.schema}.${table.table}`;
}
