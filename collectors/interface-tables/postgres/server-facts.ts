/** The server in one round trip: version, clock, and what our role is. */
import type { ServerFacts } from '../dialect';
import { isTrue } from './catalog';
import type { PostgresConnection } from './connection';

const TESTED_MAJOR = 18;
/** Below this some catalog columns that we read do not exist. */
const OLDEST_MAJOR = 12;

const SERVER = `
  SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
    (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS clock, current_setting('transaction_read_only') = 'on' AS read_only,
    pg_is_in_recovery() AS replica, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
    pg_has_role(current_user, 'pg_read_all_stats', 'MEMBER') AS sees_transactions,
    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted`;

export async function readServer(connection: PostgresConnection): Promise<ServerFacts> {
  const sent = Date.now();
  const started = performance.now();
  const [row] = await connection.query(SERVER);
  const latencyMs = performance.now() - started;
  const version = (row?.version ?? '').split(' ', 1)[0] ?? '';
  return {
    version,
    isTestedVersion: Math.floor(Number(row?.number) / 10_000) === TESTED_MAJOR,
    clockMs: Number(row?.clock),
    // The server looked at its clock about half way through the round trip.
    askedAtMs: sent + latencyMs / 2,
    latencyMs,
    isReadOnly: isTrue(row?.read_only),
    isSuperuser: isTrue(row?.superuser),
    isReplica: isTrue(row?.replica),
    seesTransactions: isTrue(row?.sees_transactions),
    isEncrypted: isTrue(row?.encrypted),
  };
}

export const isTooOld = (version: string): boolean => Number.parseInt(version, 10) < OLDEST_MAJOR;
