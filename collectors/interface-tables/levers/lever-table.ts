/** The table that a lever is pulled on: the share of it that the flow takes, and what its rows say by the contract. */
import { channelPartition, type TableChannel } from '@/server/domain/contracts/channel';
import { requireSelector } from '@/server/domain/contracts/selector';
import { cleanValue } from '@/server/domain/mapping/clean-value';
import type { TapFacts } from '@/server/domain/mapping/tap-mapper';
import type { PlanLock } from '@/server/domain/operations/plan';
import type { MappedRecord } from '@/server/domain/taps/facts';
import type { LeverTarget } from '../../runtime/operations/levers';
import type { ContractsInForce } from '../../runtime/taps/connector';
import { contractTables, readable, type ContractTable } from '../contract-tables';
import type { OpenState, TableQuestion, TableShare } from '../dialect';
import type { LeverRow, LeverSession, LeverSnapshot } from '../lever-dialect';
import { itemKeyOf } from '../tap/failed-rows';

export interface LeverTable {
  /** Schema and table as people read them. */
  name: string;
  channel: TableChannel;
  /** Empty: the flow takes all rows. */
  share: string;
  /** What all contracts take from the table, each for itself. */
  shares: readonly TableShare[];
  /** About the flow's share alone. */
  question: TableQuestion;
  /** Columns that the contract's fields read. */
  columns: readonly string[];
  /** Other flows that take rows from the same table, by id. */
  otherFlows: readonly string[];
  itemKeyOf(key: string): string;
  mapped(row: LeverRow, reason: string | null): MappedRecord;
  /** A field's value as it stands in the row. */
  fieldOf(row: LeverRow, name: string): string | undefined;
}

/** Tokens cannot be turned into keys: so many rows are looked through to find those that are meant. */
const MOST_CANDIDATES = 50_000;

/** @returns the lock that says why no lever can be pulled on it @throws SourceProblem */
export async function leverTable(session: LeverSession, sourceId: string, target: LeverTarget, contracts: ContractsInForce): Promise<LeverTable | PlanLock> {
  const { channel, flow } = target;
  if (channel.kind !== 'table') return { code: 'no-table', sentence: `Hop ${target.hop.id} of ${flow.metadata.id} does not lie on a table.` };
  const share = channelPartition(channel);
  const shared = contractTables(sourceId, contracts).find(({ channelId }) => channelId === target.channelId);
  const table: ContractTable = { channelId: target.channelId, schema: channel.schema, table: channel.table, channel, flows: shared?.flows ?? [flow], shares: [{ partition: share, where: channel.where ?? {} }], notes: [] };
  const facts = await session.table(table);
  const read = readable(table, facts, (one) => contracts.mapper.columnsOf(one));
  if ('problem' in read) return { code: 'table-unreadable', sentence: `The levers user cannot read the table. ${read.problem}` };
  const { question } = read;
  const name = `${table.schema}.${table.table}`;
  if (facts?.kind !== 'table' && facts?.kind !== 'partitioned table') return { code: 'not-a-table', sentence: `${name} is a ${facts?.kind ?? 'view'}: rows can be held and moved in tables only. Name the table behind it in the contract.` };
  if (question.key.length === 0) return { code: 'no-key', sentence: `${name} has no usable key, so its rows cannot be told apart. Name channel.key in the contract.` };
  const { mapper } = contracts;
  const context = { table, keyColumns: question.key, mapper };
  return {
    name, channel, share, question,
    shares: shared?.shares ?? table.shares,
    columns: read.columns,
    otherFlows: table.flows.filter(({ metadata }) => metadata.id !== flow.metadata.id).map(({ metadata }) => metadata.id),
    itemKeyOf: (key) => itemKeyOf(key, context),
    mapped: (row, reason) => mapper.map({ flow, hop: target.hop }, factsOf(row), reason),
    fieldOf(row, field) {
      for (const text of flow.spec.fields[field]?.from ?? []) {
        const selector = requireSelector(text);
        const value = selector.kind === 'column' ? cleanValue(row.columns[selector.name] ?? undefined) : undefined;
        if (value !== undefined) return value;
      }
      return undefined;
    },
  };
}

function factsOf({ columns }: LeverRow): TapFacts {
  return { header: () => undefined, column: (name) => columns[name] ?? undefined, routingKey: null, body: () => undefined };
}

/** The rows of one state that these items stand for, by item key. Items whose row is gone, or in another state, are left out. */
export async function rowsOf(snapshot: LeverSnapshot, { itemKeyOf: nameOf, columns }: Pick<LeverTable, 'itemKeyOf' | 'columns'>, state: OpenState, itemKeys: readonly string[]): Promise<Map<string, LeverRow>> {
  const wanted = new Set(itemKeys);
  // Where keys identify somebody their tokens are what is known; else the token of a key is the key.
  const isToken = nameOf('0') !== '0';
  const keys = isToken ? (await snapshot.rowsIn(state, null, [], MOST_CANDIDATES)).map(({ key }) => key).filter((key) => wanted.has(nameOf(key))) : itemKeys;
  const rows = await snapshot.rowsIn(state, keys, columns, Math.max(1, keys.length));
  return new Map(rows.map((row) => [nameOf(row.key), row]));
}
