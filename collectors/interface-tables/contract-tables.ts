/** The tables of one source as contracts describe them, and what of it the database really has. */
import { channelId, channelPartition, type TableChannel } from '@/server/domain/contracts/channel';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import type { ContractsInForce } from '../runtime/taps/connector';
import type { TableFacts, TableQuestion, TableShare } from './dialect';

/** One table with all contracts that take rows from it. */
export interface ContractTable {
  channelId: string;
  schema: string;
  table: string;
  /** The rules of the first contract; all of a table have to agree. */
  channel: TableChannel;
  flows: FlowContract[];
  shares: TableShare[];
  notes: string[];
}

/** More shares than this do not fit the exact arithmetic that tells rows apart. */
const MOST_SHARES = 48;

/** Ordered by channel id, so that every look has the same order. */
export function contractTables(sourceId: string, { flows }: ContractsInForce): ContractTable[] {
  const tables = new Map<string, ContractTable>();
  for (const flow of flows) {
    for (const { channel } of flow.spec.path) {
      if (channel.kind !== 'table' || channel.source !== sourceId) continue;
      const id = channelId(channel);
      const table = tables.get(id) ?? { channelId: id, schema: channel.schema, table: channel.table, channel, flows: [], shares: [], notes: [] };
      tables.set(id, table);
      addContract(table, flow, channel);
    }
  }
  return [...tables.values()].toSorted((a, b) => (a.channelId < b.channelId ? -1 : 1));
}

function addContract(table: ContractTable, flow: FlowContract, channel: TableChannel): void {
  const first = table.flows[0];
  if (!table.flows.includes(flow)) table.flows.push(flow);
  if (first !== undefined && rulesOf(channel) !== rulesOf(table.channel)) {
    table.notes.push(`Contracts ${first.metadata.id} and ${flow.metadata.id} describe ${table.schema}.${table.table} differently; the first one counts. Make key, status values and time columns the same.`);
  }
  const partition = channelPartition(channel);
  if (table.shares.some((share) => share.partition === partition)) return;
  if (table.shares.length < MOST_SHARES) table.shares.push({ partition, where: channel.where ?? {} });
  else table.notes.push(`${table.schema}.${table.table} serves more than ${MOST_SHARES} shares; that of flow ${flow.metadata.id} is not looked at.`);
}

function rulesOf({ status, key, createdAt, updatedAt }: TableChannel): string {
  return JSON.stringify([status && Object.entries(status).toSorted(([a], [b]) => (a < b ? -1 : 1)), key, createdAt, updatedAt]);
}

export interface Readable {
  question: TableQuestion;
  /** Columns to read of rows in error; only those that exist. */
  columns: string[];
  notes: string[];
}

/** What can be asked of the table, or the sentence that says why nothing can. */
export function readable(table: ContractTable, facts: TableFacts | null, columnsOf: (flow: FlowContract) => readonly string[]): Readable | { problem: string; state: 'missing' | 'denied' } {
  const name = `${table.schema}.${table.table}`;
  const { channel } = table;
  if (!facts) return { problem: `There is no table ${name} in the database. Was it renamed or dropped? Correct the contract or restore it.`, state: 'missing' };
  if (!facts.canRead) return { problem: `The user may not read ${name}. Grant it: GRANT USAGE ON SCHEMA ${quoted(table.schema)} and GRANT SELECT ON ${quoted(table.schema)}.${quoted(table.table)}.`, state: 'denied' };
  if (!channel.status) return { problem: `The contract of ${name} names no status column, so what waits cannot be told. Add channel.status.`, state: 'missing' };
  const has = (column: string) => facts.columns.includes(column);
  const lacking = [channel.status.column, ...table.shares.flatMap(({ where }) => Object.keys(where))].filter((column) => !has(column));
  if (lacking.length > 0) return { problem: `${name} has no readable column ${[...new Set(lacking)].join(', ')}, which a contract names. Correct the contract, or grant SELECT on the column.`, state: 'missing' };

  const notes = [...table.notes];
  const existing = (column: string | undefined, what: string): string | null => {
    if (column === undefined || has(column)) return column ?? null;
    notes.push(`${name} has no readable column ${column}: ${what}.`);
    return null;
  };
  const { column: statusColumn, done, ...statuses } = channel.status;
  const key = channel.key === undefined ? facts.primaryKey : [existing(channel.key, 'its rows cannot be told apart')].filter((column) => column !== null);
  if (key.length === 0) notes.push(`${name} has no usable key: failed rows and throughput are not followed, only counted. Name channel.key.`);
  const asked = new Set([...table.flows.flatMap(columnsOf), ...table.shares.flatMap(({ where }) => Object.keys(where)), ...[channel.attempts, channel.errorText].filter((column) => column !== undefined)]);
  const absent = [...asked].filter((column) => !has(column));
  if (absent.length > 0) notes.push(`${name} has no readable column ${absent.join(', ')}: fields that are read from there stay empty.`);
  if (facts.hasRowSecurity) notes.push(`Row security applies to this user on ${name}: rows that its policies hide are not counted. Let a policy show all rows, or grant BYPASSRLS.`);
  return {
    notes,
    columns: [...asked].filter(has),
    question: {
      schema: table.schema, table: table.table, key, statusColumn, statuses, done: done ?? null,
      createdAt: existing(channel.createdAt, 'the age of what waits is unknown'),
      updatedAt: existing(channel.updatedAt, 'throughput is not counted'),
      shares: table.shares, hasRowVersions: facts.hasRowVersions,
    },
  };
}

/** As standard SQL writes an identifier, so that a statement can be copied for any name. */
function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
