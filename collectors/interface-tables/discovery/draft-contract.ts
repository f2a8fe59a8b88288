/** A judged table as a draft contract, with every conclusion marked. */
import { stringify } from 'yaml';
import { channelId } from '@/server/domain/contracts/channel';
import type { DraftContract, Guess } from '@/server/domain/sources/discovery';
import type { ColumnGuess, TableJudgement } from './judge-table';
import { inWords } from './status-words';

const API_VERSION = 'signalbox/v1';
const CHANNEL = 'spec.path[0].channel';
/** Business columns that are known by their usual names. Keys of persons and accounts become tokens. */
const FIELDS: readonly { field: string; pattern: RegExp; token?: true; case?: true }[] = [
  { field: 'message', pattern: /^(message_id|msg_id|event_id|correlation_id|message_uuid)$/i },
  { field: 'facility', pattern: /^facility(_?(code|id|cd))?$/i },
  { field: 'department', pattern: /^(department|dept)(_?(code|id|cd))?$/i },
  { field: 'payer', pattern: /^payer(_?(code|id|cd))?$/i },
  { field: 'supplier', pattern: /^(supplier|vendor)(_?(code|id|cd|no|number))?$/i },
  { field: 'item', pattern: /^item(_?(code|id|cd|no|number))?$/i },
  { field: 'reason', pattern: /^(last_)?(error|reason|failure)_?(code|type|cd)$/i },
  { field: 'case', pattern: /^(case_key|claim_(no|number|id)|account_(no|number|id)|po_(no|number)|order_(no|number|id)|purchase_order)$/i, token: true, case: true },
];

/** Null where the table cannot be contracted, with the reason. */
export function draftContract(sourceId: string, judgement: TableJudgement, taken: ReadonlySet<string>): DraftContract | { problem: string } {
  const { table, status, statuses, key } = judgement;
  const pending = statuses.find(({ meaning }) => meaning === 'pending');
  if (!status || !pending) return { problem: 'which value means waiting could not be found out' };
  const names = [table.schema, table.table, status.name, ...statuses.map(({ value }) => value)];
  if (names.some((name) => name.length > 200)) return { problem: 'a name is longer than 200 characters' };
  const guesses: Guess[] = [{ at: `${CHANNEL}.status.column`, value: status.name, why: 'its name says that it holds a state' }];
  for (const { meaning, value, why } of statuses) guesses.push({ at: `${CHANNEL}.status.${meaning}`, value, why });
  if (judgement.unknownStatuses.length > 0) guesses.push({ at: `${CHANNEL}.status`, value: judgement.unknownStatuses.join(', '), why: 'these values also occur; they are in no list of words and are left out' });
  const columns: Record<string, string> = {};
  const parts: [string, ColumnGuess | null][] = [['key', key], ['createdAt', judgement.createdAt], ['updatedAt', judgement.updatedAt], ['attempts', judgement.attempts], ['errorText', judgement.errorText], ['destination', judgement.destination]];
  for (const [part, guess] of parts) {
    if (!guess) continue;
    columns[part] = guess.column;
    guesses.push({ at: `${CHANNEL}.${part}`, value: guess.column, why: guess.why });
  }
  const channel = { source: sourceId, kind: 'table' as const, schema: table.schema, table: table.table, ...(columns['key'] === undefined ? {} : { key: columns['key'] }), status: { column: status.name, ...Object.fromEntries(statuses.map(({ meaning, value }) => [meaning, value])) } };
  const { key: _key, ...others } = columns;
  const id = freeId(table.table, table.schema, taken);
  const name = displayName(table.table);
  const document = {
    apiVersion: API_VERSION,
    kind: 'Flow',
    metadata: { id, name, lifecycle: 'draft' },
    spec: { path: [{ id: 'table', name, channel: { ...channel, ...others } }], fields: fieldsOf(judgement, guesses) },
  };
  return {
    flowId: id, name, guesses,
    yaml: stringify(document, { lineWidth: 0 }),
    channels: [channelId({ ...channel, status: undefined })],
  };
}

function fieldsOf({ table }: TableJudgement, guesses: Guess[]): Record<string, object> {
  const fields: Record<string, object> = {};
  for (const { field, pattern, token, case: isCase } of FIELDS) {
    const column = table.columns.find(({ name }) => pattern.test(name));
    if (!column) continue;
    fields[field] = { from: [`column:${column.name}`], ...(token ? { token } : {}), ...(isCase ? { case: true } : {}) };
    guesses.push({ at: `spec.fields.${field}`, value: `column:${column.name}`, why: `the column's name reads like ${field}${token ? '; it may identify somebody, so only its token is kept' : ''}` });
  }
  return fields;
}

function freeId(table: string, schema: string, taken: ReadonlySet<string>): string {
  const slug = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 58) || 'table';
  const wished = [slug(table), slug(`${schema}-${table}`)];
  const free = wished.find((id) => !taken.has(id));
  if (free !== undefined) return free;
  for (let number = 2; ; number++) if (!taken.has(`${wished[1]}-${number}`)) return `${wished[1]}-${number}`;
}

function displayName(table: string): string {
  const words = table.replace(/[_\s]+/g, ' ').trim();
  return words === '' ? table : words[0]!.toUpperCase() + words.slice(1);
}

/** What the guesses say in one line, for the topology. */
export function statusesInWords({ statuses }: TableJudgement): string {
  return statuses.map(({ meaning, value }) => `${value}: ${inWords(meaning)}`).join(', ');
}
