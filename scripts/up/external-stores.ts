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

/**
 * Checks a RabbitMQ of one's own: the sandbox makes its virtual host and users there.
 * @param managementUrl its management API; absent: port 15672 of the same host
 * @throws UsageError when it does not answer, or the account may not administer it
 */
export async function checkExternalRabbitMq(
  url: string, managementUrl: string | undefined,
): Promise<{ version: string; place: string; management: string }> {
  const place = placeOf('RABBITMQ_URL', url);
  const { protocol, hostname, username, password } = new URL(url);
  if (!/^amqps?:$/.test(protocol)) throw new UsageError('RABBITMQ_URL is not an AMQP address: write it as amqp://user:password@host:5672.');
  const management = (managementUrl ?? `http://${hostname}:15672`).replace(/\/$/, '');
  const managementPlace = placeOf('RABBITMQ_MANAGEMENT_URL', management);
  const authorization = `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
  const ask = async (path: string): Promise<{ rabbitmq_version?: string; tags?: string | string[] }> => {
    let response: Response;
    try {
      response = await fetch(`${management}/api/${path}`, { headers: { authorization }, signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    } catch (error) {
      throw new UsageError(`RabbitMQ's management API at ${managementPlace} does not answer: ${reasonOf(error)}. Enable the plugin rabbitmq_management, or set RABBITMQ_MANAGEMENT_URL.`);
    }
    if (!response.ok) throw new UsageError(`RabbitMQ's management API at ${managementPlace} answers ${response.status}. Check user and password in RABBITMQ_URL.`);
    return (await response.json()) as { rabbitmq_version?: string; tags?: string | string[] };
  };
  const { tags = [] } = await ask('whoami');
  if (!(typeof tags === 'string' ? tags.split(',') : tags).includes('administrator')) {
    throw new UsageError(`The user of RABBITMQ_URL may not administer RabbitMQ at ${place}, and the sandbox makes a virtual host and users of its own: give it the tag administrator, or unset RABBITMQ_URL.`);
  }
  return { version: (await ask('overview')).rabbitmq_version ?? 'of unknown version', place, management };
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
