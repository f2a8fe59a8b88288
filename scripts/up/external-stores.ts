import { Client } from 'pg';
import { checkClickHouseVersion, checkPostgresVersion } from '../engines/versions';
import { UsageError } from './arguments.mjs';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Checks a Postgres server of one's own.
 * @returns its version for display
 * @throws UsageError when it is unreachable, refuses or is too old
 */
export async function checkExternalPostgres(url: string): Promise<string> {
  const place = placeOf('DATABASE_URL', url);
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  let answer: { version: string; number: string } | undefined;
  try {
    await client.connect();
    const rows = await client.query<{ version: string; number: string }>(
      "SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number",
    );
    answer = rows.rows[0];
  } catch (error) {
    throw new UsageError(`Postgres at ${place} (DATABASE_URL) does not answer: ${reasonOf(error)}. Check the URL, or unset it to use the embedded one.`);
  } finally {
    await client.end().catch(() => undefined);
  }
  asUsageError(() => checkPostgresVersion(answer?.number ?? ''));
  return `${answer?.version.split(' ')[0]} at ${place}`;
}

/**
 * Checks a ClickHouse server of one's own.
 * @param variable name of the environment variable that holds the URL
 * @returns its version for display
 * @throws UsageError when it is unreachable, refuses or is too old
 */
export async function checkExternalClickHouse(url: string, variable: string): Promise<string> {
  const place = placeOf(variable, url);
  const { username, password, origin } = new URL(url);
  let response: Response;
  try {
    response = await fetch(origin, {
      method: 'POST',
      body: 'SELECT version()',
      headers: { 'x-clickhouse-user': decodeURIComponent(username) || 'default', 'x-clickhouse-key': decodeURIComponent(password) },
      signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS),
    });
  } catch (error) {
    throw new UsageError(`ClickHouse at ${place} (${variable}) does not answer: ${reasonOf(error)}. Check the URL, or unset it to use the embedded one.`);
  }
  const text = (await response.text()).trim();
  if (!response.ok) {
    throw new UsageError(`ClickHouse at ${place} (${variable}) refuses the account: ${text.split('\n')[0]?.slice(0, 200)}. Check user and password in the URL.`);
  }
  asUsageError(() => checkClickHouseVersion(text));
  return `${text} at ${place}`;
}

/** Host and port without credentials; only this part of a URL is ever shown. */
function placeOf(variable: string, url: string): string {
  if (!URL.canParse(url)) throw new UsageError(`${variable} is not a URL: write it as scheme://user:password@host:port/database.`);
  return new URL(url).host;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in cause ? String(cause.code) : '';
  return cause.message || code || 'no reason given';
}

function asUsageError(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
