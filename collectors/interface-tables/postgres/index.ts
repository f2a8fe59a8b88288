/** PostgreSQL as a database with interface tables. Tested with 18; from 12 on each feature is probed. */
import type { PostgresSettings } from '@/server/domain/sources/connection';
import { SourceProblem, type DatabaseSession, type TableDialect } from '../dialect';
import { readCandidates, sampleValues } from './candidates';
import { readPrivileges, readTables } from './catalog';
import { openConnection } from './connection';
import { indexAdvice } from './index-advice';
import { isTooOld, readServer } from './server-facts';
import { snapshotOf } from './snapshot';

export const postgresDialect: TableDialect<PostgresSettings> = {
  product: 'PostgreSQL',
  channelType: 'table',
  indexAdvice,
  async connect(settings, credentials, limits): Promise<DatabaseSession> {
    const connection = await openConnection(settings, credentials, limits);
    return {
      isUsable: () => connection.isUsable(),
      async server() {
        const facts = await readServer(connection);
        if (isTooOld(facts.version)) throw new SourceProblem(`PostgreSQL ${facts.version} at ${settings.host}:${settings.port} is too old: 12 or newer is needed.`, 'database', 'refused');
        return facts;
      },
      tables: (names) => readTables(connection, names),
      inSnapshot(question, look) {
        const subject = `table ${question.schema}.${question.table}`;
        return connection.inSnapshot(subject, () => look(snapshotOf(connection, question, subject)));
      },
      candidates: (schemas, limit) => readCandidates(connection, schemas, limit),
      sampleValues: (table, column) => sampleValues(connection, table, column),
      privileges: (schemas) => readPrivileges(connection, schemas),
      close: () => connection.close(),
    };
  },
};
