/** How much a table looks like an interface table or an outbox, and which column plays which part. */
import type { CandidateColumn, CandidateTable } from '../dialect';
import { guessStatuses, type StatusGuess } from './status-words';

export interface ColumnGuess {
  column: string;
  why: string;
}

export interface TableJudgement {
  table: CandidateTable;
  /** 0 to 100. */
  score: number;
  reasons: string[];
  status: CandidateColumn | null;
  statuses: StatusGuess[];
  unknownStatuses: string[];
  key: ColumnGuess | null;
  createdAt: ColumnGuess | null;
  updatedAt: ColumnGuess | null;
  attempts: ColumnGuess | null;
  errorText: ColumnGuess | null;
  destination: ColumnGuess | null;
}

/** From here on a table becomes a draft contract, … */
export const DRAFT_SCORE = 60;
/** … and from here on it is mentioned. */
export const NOTE_SCORE = 30;

const STATUS = [/^(processing_|process_|interface_|record_|message_|row_|sync_|export_)?(status|state)(_code|_cd)?$/i, /(status|state)(_code|_cd)?$/i, /^(process|processed|interface|posted|sent)_?flag$/i, /^(processed|posted)$/i];
const CREATED = [/^(created|create|inserted|enqueued|queued|received|entry)(_?(at|on|ts|time|date|datetime|timestamp))?$/i, /^(creation|entry|insert)_?(date|time|ts)$/i];
const UPDATED = [/^(updated|modified|changed|last_update|last_updated|last_modified)(_?(at|on|ts|time|date|datetime|timestamp))?$/i, /^(processed|last_status)_?(at|on|ts|time|date)$/i];
const ATTEMPTS = [/^(attempts?|retries|retry_count|attempt_count|tries|try_count|delivery_attempts|num_attempts|retry_no)$/i];
const ERROR_TEXT = [/^(last_)?(error|err|failure)_?(text|message|msg|description|desc|detail|details)$/i, /^(last_)?error$/i];
const DESTINATION = [/^(destination|target|recipient|topic|route|target_system|dest|destination_system|receiver|exchange|queue)$/i];
const PAYLOAD = /^(payload|body|message|content|data|document|message_body|xml|json|event_data)$/i;
const TABLE_NAME = /(interface|outbox|inbox|queue|staging|_if$|_ifc$|_iface|_intf|stg_|_stg$|message|transmission|export|import|extract|event)/i;

export function judgeTable(table: CandidateTable): TableJudgement {
  const status = first(table.columns, STATUS, (column) => column.kind === 'text' || column.kind === 'number' || column.kind === 'boolean');
  const { guesses, unknown } = guessStatuses(status?.values ?? [], status?.defaultValue ?? null);
  const guess = (patterns: readonly RegExp[], fits: (column: CandidateColumn) => boolean, why: string): ColumnGuess | null => {
    const column = first(table.columns, patterns, fits);
    return column ? { column: column.name, why: `${why} by its name and type (${column.type})` } : null;
  };
  const judgement: TableJudgement = {
    table, status, statuses: guesses, unknownStatuses: unknown, score: 0, reasons: [],
    key: keyOf(table),
    createdAt: guess(CREATED, ({ kind }) => kind === 'instant', 'the time of creation'),
    updatedAt: guess(UPDATED, ({ kind }) => kind === 'instant', 'the time of the last change'),
    attempts: guess(ATTEMPTS, ({ kind }) => kind === 'number', 'the number of attempts'),
    errorText: guess(ERROR_TEXT, ({ kind }) => kind === 'text', 'the text of the last error'),
    destination: guess(DESTINATION, ({ kind }) => kind === 'text', 'the receiver'),
  };
  return weigh(judgement);
}

function weigh(judgement: TableJudgement): TableJudgement {
  const { table, status, statuses } = judgement;
  const means = (...meanings: string[]) => statuses.some(({ meaning }) => meanings.includes(meaning));
  const evidence: [boolean, number, string][] = [
    [status !== null, 10, `has a status column (${status?.name ?? ''})`],
    [means('pending') && means('done', 'error', 'inProgress'), 25, `its status values read like work in progress (${statuses.map(({ value }) => value).join(', ')})`],
    [means('error'), 10, 'one of its status values means failed'],
    [judgement.createdAt !== null, 10, 'has a time of creation'],
    [judgement.updatedAt !== null, 5, 'has a time of the last change'],
    [judgement.attempts !== null, 15, 'counts attempts'],
    [judgement.errorText !== null, 15, 'keeps an error text'],
    [judgement.destination !== null, 5, 'names a receiver'],
    [table.columns.some(({ name, kind }) => PAYLOAD.test(name) || kind === 'document'), 10, 'carries a payload'],
    [TABLE_NAME.test(table.table), 10, 'its name says so'],
    [judgement.key !== null, 5, 'has a key'],
  ];
  const applying = evidence.filter(([applies]) => applies);
  return { ...judgement, score: Math.min(100, applying.reduce((sum, [, weight]) => sum + weight, 0)), reasons: applying.map(([, , reason]) => reason) };
}

function keyOf({ primaryKey, columns }: CandidateTable): ColumnGuess | null {
  const [only, ...others] = primaryKey;
  if (only !== undefined && others.length === 0) return { column: only, why: 'it is the primary key' };
  if (only !== undefined) return null;
  const named = first(columns, [/^(message_id|interface_id|event_id|id|uuid|guid|row_id)$/i], () => true);
  return named ? { column: named.name, why: 'no primary key is known; by its name it identifies a row' } : null;
}

function first(columns: readonly CandidateColumn[], patterns: readonly RegExp[], fits: (column: CandidateColumn) => boolean): CandidateColumn | null {
  for (const pattern of patterns) {
    const found = columns.find((column) => pattern.test(column.name) && fits(column));
    if (found) return found;
  }
  return null;
}
