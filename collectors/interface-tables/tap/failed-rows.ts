/** Rows in error as failed messages: who they concern by the contract's rules, and why they failed. */
import { requireSelector } from '@/server/domain/contracts/selector';
import type { TapFacts, TapMapper, TappedHop } from '@/server/domain/mapping/tap-mapper';
import { emptyMappedRecord, type FailedMessage } from '@/server/domain/taps/facts';
import type { ContractTable } from '../contract-tables';
import type { FailedRow } from '../dialect';
import { errorCodeOf, errorTextOf } from './error-text';

export interface FailedRowContext {
  sourceId: string;
  table: ContractTable;
  keyColumns: readonly string[];
  mapper: TapMapper;
  seenAt: number;
}

/** @param known the message that stands for this row already: its first instant never changes */
export function failedMessage({ key, columns, updatedMs }: FailedRow, known: FailedMessage | null, { sourceId, table, keyColumns, mapper, seenAt }: FailedRowContext): FailedMessage {
  const facts: TapFacts = { header: () => undefined, column: (name) => columns[name] ?? undefined, routingKey: null, body: () => undefined };
  const hop = mapper.choose(mapper.hopsOn(table.channelId), facts);
  const nativeReason = hop === null ? '' : reasonColumns(hop).map((column) => errorCodeOf(columns[column] ?? null)).find((code) => code !== '') ?? '';
  const { errorText, attempts } = table.channel;
  return {
    kind: 'failedMessage',
    sourceId,
    channelId: table.channelId,
    originChannelId: table.channelId,
    itemKey: itemKeyOf(key, { table, keyColumns, mapper }),
    state: 'failed',
    failedAt: known?.failedAt ?? plausible(updatedMs, seenAt) ?? seenAt,
    seenAt,
    // More than one contract fits, or none: the row is kept and counted, and belongs to no flow.
    mapped: hop === null ? emptyMappedRecord() : mapper.map(hop, facts, nativeReason),
    nativeReason,
    errorText: hop === null || errorText === undefined ? '' : errorTextOf(columns[errorText] ?? null, hop.flow),
    attempts: attempts === undefined ? null : countOf(columns[attempts]),
    originExchange: '',
    originRoutingKey: '',
    deaths: [],
    sizeBytes: 0,
    body: '',
  };
}

/** Applications write year 1 or 9999 for "not set". Storage keeps by this instant: such a row would be gone, or stay, for ever. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);

function plausible(updatedMs: number | null, seenAt: number): number | null {
  return updatedMs === null || updatedMs < EARLIEST_MS ? null : Math.min(updatedMs, seenAt);
}

/** What stands for the row's key in storage. */
export function itemKeyOf(key: string, { table, keyColumns, mapper }: Pick<FailedRowContext, 'table' | 'keyColumns' | 'mapper'>): string {
  return isIdentifying(table, keyColumns) ? mapper.tokenOf(key).token : key;
}

function reasonColumns({ flow }: TappedHop): string[] {
  return columnsIn(flow.spec.fields.reason?.from ?? []);
}

/** Whether any contract of the table says that a key column identifies a person or an account. */
function isIdentifying({ flows }: ContractTable, keyColumns: readonly string[]): boolean {
  const tokens = new Set(flows.flatMap(({ spec }) => Object.values(spec.fields)).filter(({ token }) => token).flatMap(({ from }) => columnsIn(from)));
  return keyColumns.some((column) => tokens.has(column));
}

function columnsIn(selectors: readonly string[]): string[] {
  return selectors.map(requireSelector).flatMap((selector) => (selector.kind === 'column' ? [selector.name] : []));
}

function countOf(text: string | null | undefined): number | null {
  const count = Number(text ?? Number.NaN);
  return Number.isInteger(count) && count >= 0 && count <= 0xffff_ffff ? count : null;
}
