/** The ClickHouse releases the embedded engine may come from; its data format and defaults are tested on these. */
export const EMBEDDED_CLICKHOUSE_RELEASE = '26';

/** Oldest ClickHouse server of one's own: before 26.2 a retried insert is counted twice in the rollups. */
const OLDEST_CLICKHOUSE = { major: 26, minor: 2 };

/** Oldest Postgres server of one's own. */
const OLDEST_POSTGRES_MAJOR = 14;

/**
 * Refuses a ClickHouse server whose deduplication defaults would make counts wrong.
 * @param version what `SELECT version()` answers, e.g. `26.7.2.1`
 * @throws Error with a sentence that says what to do
 */
export function checkClickHouseVersion(version: string): void {
  const match = /^(\d+)\.(\d+)\./.exec(version);
  const major = Number(match?.[1]);
  const minor = Number(match?.[2]);
  const oldest = `${OLDEST_CLICKHOUSE.major}.${OLDEST_CLICKHOUSE.minor}`;
  if (!match) {
    throw new Error(`ClickHouse reports the version "${version}", which cannot be read; Signalbox needs ${oldest} or newer.`);
  }
  if (major < OLDEST_CLICKHOUSE.major || (major === OLDEST_CLICKHOUSE.major && minor < OLDEST_CLICKHOUSE.minor)) {
    throw new Error(
      `ClickHouse ${version} is too old: Signalbox needs ${oldest} or newer, because older servers count retried inserts twice. ` +
        'Upgrade the server or unset CLICKHOUSE_URL to use the embedded one.',
    );
  }
}

/**
 * Refuses a Postgres server older than the migrations need.
 * @param serverVersionNum what `SHOW server_version_num` answers, e.g. `180004`
 * @throws Error with a sentence that says what to do
 */
export function checkPostgresVersion(serverVersionNum: string): void {
  const major = Math.floor(Number(serverVersionNum) / 10_000);
  if (!Number.isInteger(major) || major < OLDEST_POSTGRES_MAJOR) {
    const found = Number.isInteger(major) && major > 0 ? String(major) : `with version number "${serverVersionNum}"`;
    throw new Error(
      `Postgres ${found} is too old: Signalbox needs ${OLDEST_POSTGRES_MAJOR} or newer. ` +
        'Upgrade the server or unset DATABASE_URL to use the embedded one.',
    );
  }
}
