/** Interface tables and outboxes: rows with a status column are the queue. One connector per SQL database, all of one make. */
import type { ConnectableKind, SettingsByKind } from '@/server/domain/sources/connection';
import type { Connector } from '../runtime/taps/connector';
import { describeDatabase } from './describe';
import type { TableDialect } from './dialect';
import { discoverTables } from './discovery/discover';
import type { LeverDialect } from './lever-dialect';
import { tableLevers } from './levers';
import { postgresDialect } from './postgres';
import { postgresLevers } from './postgres/levers';
import { tapTables } from './tap/tap';

function tableConnector<K extends ConnectableKind>(kind: K, dialect: TableDialect<SettingsByKind[K]>, leverDialect: LeverDialect<SettingsByKind[K]>): Connector<K> {
  return {
    kind,
    describe: (source, signal) => describeDatabase(dialect, source, signal),
    discover: (source, contracts, signal) => discoverTables(dialect, source, contracts, signal),
    tap: (source, context) => tapTables(dialect, source, context),
    levers: tableLevers(leverDialect),
  };
}

export const postgresConnector = tableConnector('postgres', postgresDialect, postgresLevers);
