/** What somebody types into psql while Signalbox is down. */
import type { PostgresSettings } from '@/server/domain/sources/connection';
import type { NativeStatements } from '../../lever-dialect';
import { qualifiedName, quoteIdentifier } from '../statements';
import { inShare, quoteLiteral } from './literals';

const OF_TABLE = ({ schema, table }: { schema: string; table: string }): string => `table_schema = ${quoteLiteral(schema)} AND table_name = ${quoteLiteral(table)}`;

export const nativeStatements: NativeStatements<PostgresSettings> = {
  prompt: ({ host, port, database }, user) => `psql -h ${shellQuoted(host)} -p ${port} -U ${shellQuoted(user)} -d ${shellQuoted(database)}`,
  showGate: (table) => `SELECT * FROM signalbox.gate WHERE ${OF_TABLE(table)};`,
  openGate: (table, share) => `UPDATE signalbox.gate SET closed = false, allow = NULL, changed_at = clock_timestamp() WHERE ${OF_TABLE(table)}${share === '' ? '' : ` AND share = ${quoteLiteral(share)}`};`,
  countByStatus: (question) => `SELECT ${quoteIdentifier(question.statusColumn)}, count(*) FROM ${qualifiedName(question)}${where(inShare(question))} GROUP BY 1;`,
  countByColumn(question, column) {
    const status = `${quoteIdentifier(question.statusColumn)} = ${quoteLiteral(question.statuses.pending)}`;
    return `SELECT ${quoteIdentifier(column)}, count(*) FROM ${qualifiedName(question)} WHERE ${status} GROUP BY 1;`;
  },
  moveAll(question, from, to) {
    const status = quoteIdentifier(question.statusColumn);
    const value = (state: typeof from) => quoteLiteral(question.statuses[state] ?? '');
    return `UPDATE ${qualifiedName(question)} SET ${status} = ${value(to)} WHERE ${[`${status} = ${value(from)}`, ...inShare(question)].join(' AND ')};`;
  },
};

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

function shellQuoted(text: string): string {
  return /^[\w./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll(`'`, String.raw`'\''`)}'`;
}
