/** PostgreSQL as a database whose interface tables can be held and moved. */
import type { PostgresSettings } from '@/server/domain/sources/connection';
import { SourceProblem, type OpenState, type TableQuestion } from '../../dialect';
import type { LeverDialect, LeverSession, LeverSnapshot } from '../../lever-dialect';
import { isTrue, namesOf, readTables } from '../catalog';
import { openConnection, type PostgresConnection } from '../connection';
import { snapshotOf } from '../snapshot';
import { qualifiedName, quoteIdentifier } from '../statements';
import { changeGate, insertGate, readGate } from './gate-facts';
import { gateScript } from './gate-script';
import { COUNT_LED, LED_FROM_UNDER } from './gate-statements';
import { nativeStatements } from './native-statements';
import * as statements from './row-statements';

export const postgresLevers: LeverDialect<PostgresSettings> = {
  product: 'PostgreSQL',
  gateScript,
  native: nativeStatements,
  grantUpdate: (table, columns, role) => `GRANT UPDATE (${columns.map(quoteIdentifier).join(', ')}) ON ${qualifiedName(table)} TO ${quoteIdentifier(role)}`,
  async connect(settings, credentials, limits): Promise<LeverSession> {
    return sessionOn(await openConnection(settings, credentials, limits, 'signalbox-lever'));
  },
};

function sessionOn(connection: PostgresConnection): LeverSession {
  return {
    isUsable: () => connection.isUsable(),
    table: async (name) => (await readTables(connection, [name]))[0] ?? null,
    async rights(question, columns) {
      const [row] = await connection.query(statements.RIGHTS, [question.schema, question.table, columns, question.key], subjectOf(question));
      return { updatable: namesOf(row?.updatable), keyIsUnique: isTrue(row?.is_unique), isReplica: isTrue(row?.replica) };
    },
    gate: (table, share) => readGate(connection, table, share),
    inSnapshot(question, look) {
      const subject = subjectOf(question);
      return connection.inSnapshot(subject, () => look(leverSnapshot(connection, question, subject)));
    },
    async changeGate(table, share, change) {
      const facts = await readGate(connection, table, share);
      if (facts.row === null && change.closed && facts.mayInsert) await insertGate(connection, table, share, facts.knowsShares);
      return changeGate(connection, table, share, facts, change);
    },
    async moveRows(question, move, beforeCommit) {
      if (move.rows?.length === 0) return [];
      const moved = await connection.inTransaction(subjectOf(question), async () => {
        const { sql, values } = statements.moveRows(question, move);
        const keys = (await connection.query(sql, values, subjectOf(question))).map((row) => row.key ?? '');
        if (keys.length === 0) return null;
        const [current] = await connection.query('SELECT txid_current() AS id', [], subjectOf(question));
        if (!await beforeCommit({ keys, transaction: current?.id ?? '' })) return null;
        // Last, because somebody who wants to open the gate waits from here on.
        if (move.fromUnder !== undefined) await connection.query(COUNT_LED, [question.schema, question.table, move.fromUnder.share, move.fromUnder.hold, keys.length], subjectOf(question));
        return keys;
      });
      return moved ?? [];
    },
    async outcomeOf(transaction) {
      try {
        const [row] = await connection.query('SELECT txid_status($1::bigint) AS status', [transaction], 'a transaction');
        return ({ committed: 'committed', aborted: 'undone', 'in progress': 'running' } as const)[row?.status ?? ''] ?? 'unknown';
      } catch (error) {
        // A number that this server has not reached yet: another server, or one that went back.
        if (error instanceof SourceProblem && error.state !== 'unreachable') return 'unknown';
        throw error;
      }
    },
    close: () => connection.close(),
  };
}

function leverSnapshot(connection: PostgresConnection, question: TableQuestion, subject: string): LeverSnapshot {
  return {
    ...snapshotOf(connection, question, subject),
    async rowsIn(state, keys, columns, limit) {
      if (keys?.length === 0) return [];
      const { sql, values } = statements.rowsIn(question, state, keys, columns, limit);
      const rows = await connection.query(sql, values, subject);
      return rows.map((row) => ({ key: row.key ?? '', version: row.version ?? '', columns: Object.fromEntries(columns.map((column, index) => [column, row[`c${index}`] ?? null])) }));
    },
    async statesOf(keys) {
      if (keys.length === 0) return new Map();
      const { sql, values } = statements.statesOf(question, keys);
      return new Map((await connection.query(sql, values, subject)).map((row) => [row.key ?? '', (row.state ?? 'finished') as OpenState | 'finished']));
    },
    async changedRows(since, mark, finishedFromMs, limit) {
      const { sql, values } = statements.changedRows(question, since, mark, finishedFromMs, limit);
      return (await connection.query(sql, values, subject)).map((row) => ({ key: row.key ?? '', state: (row.state ?? null) as OpenState | null, isAfterMark: isTrue(row.after) }));
    },
    async writersBefore(mark) {
      const [row] = await connection.query(statements.WRITERS_BEFORE, [question.schema, question.table, (mark & 0xffff_ffffn).toString()], subject);
      return Number(row?.writers ?? 0);
    },
    async ledFromUnder(share) {
      const [row] = await connection.query(LED_FROM_UNDER, [question.schema, question.table, share], 'the table signalbox.gate');
      return BigInt(row?.led ?? 0);
    },
  };
}

const subjectOf = ({ schema, table }: TableQuestion): string => `table ${schema}.${table}`;
