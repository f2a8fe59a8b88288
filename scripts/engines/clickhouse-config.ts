import { createHash } from 'node:crypto';
import { totalmem } from 'node:os';

/** Our accounts on the embedded engine; both see databases whose name begins with `signalbox` and nothing else. */
export const WRITER_NAME = 'signalbox_writer';
export const READER_NAME = 'signalbox_reader';
const DATABASES = 'signalbox*.*';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** What the files of one embedded engine depend on. */
export interface ClickHouseConfig {
  usersFile: string;
  writerPassword: string;
  readerPassword: string;
  testKeeper: boolean;
}

/** Memory the engine may take: 40 % of the machine, between 1 and 4 GiB, so that the other processes keep theirs. */
function serverMemoryBytes(): number {
  return Math.round(Math.min(4 * GIB, Math.max(GIB, totalmem() * 0.4)));
}

/** Server settings: bounded memory and caches, no system log tables (a log table exists only where it is configured). */
export function renderServerConfig(config: ClickHouseConfig): string {
  return `<clickhouse>
  <users_config>${config.usersFile}</users_config>
  <user_directories><users_xml><path>${config.usersFile}</path></users_xml></user_directories>
  <max_server_memory_usage>${serverMemoryBytes()}</max_server_memory_usage>
  <mark_cache_size>${128 * MIB}</mark_cache_size>
  <index_mark_cache_size>${16 * MIB}</index_mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <mmap_cache_size>256</mmap_cache_size>
  <max_connections>512</max_connections>
  <max_concurrent_queries>128</max_concurrent_queries>
  <keep_alive_timeout>4</keep_alive_timeout>
  <shutdown_wait_unfinished>2</shutdown_wait_unfinished>
  ${config.testKeeper ? clusterXml() : ''}
</clickhouse>
`;
}

/** The replica's port is the one the engine takes for its own (it does not listen there), so that it asks itself. */
function clusterXml(): string {
  return `<zookeeper><implementation>testkeeper</implementation></zookeeper>
  <macros><cluster>signalbox</cluster><shard>1</shard><replica>1</replica></macros>
  <remote_servers><signalbox><shard><internal_replication>true</internal_replication><replica>
    <host>127.0.0.1</host><port>9000</port>
  </replica></shard></signalbox></remote_servers>`;
}

/**
 * Accounts, their rights and their limits. Passwords are stored hashed.
 *
 * The engine's own process logs in as `default`, which therefore has no password and may read files, to hold standard
 * input open. It is limited to one session, and the engine opens that one before it listens: over HTTP nobody can
 * become `default`.
 */
export function renderUsers(config: ClickHouseConfig): string {
  const memory = serverMemoryBytes();
  const onDatabases = [
    'SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP, UNDROP TABLE, TRUNCATE, OPTIMIZE, SHOW, CHECK, dictGet',
    'SYSTEM MERGES, SYSTEM TTL MERGES, SYSTEM SYNC REPLICA',
  ].map((rights) => `GRANT ${rights} ON ${DATABASES}`);
  const onServer = ['GRANT TABLE ENGINE ON *', 'GRANT SELECT ON system.*', 'GRANT CREATE TEMPORARY TABLE, KILL QUERY ON *.*'];
  const onCluster = ['GRANT CLUSTER ON *.*', 'GRANT READ, WRITE ON REMOTE'];
  return `<clickhouse>
  <profiles>
    <default/>
    <engine><max_sessions_for_user>1</max_sessions_for_user></engine>
    <writer>
      <max_memory_usage>${Math.round(memory * 0.5)}</max_memory_usage>
      <max_memory_usage_for_user>${Math.round(memory * 0.8)}</max_memory_usage_for_user>
      <async_insert>0</async_insert>
      <deduplicate_blocks_in_dependent_materialized_views>1</deduplicate_blocks_in_dependent_materialized_views>
      <output_format_json_quote_64bit_integers>1</output_format_json_quote_64bit_integers>
    </writer>
    <reader>
      <readonly>2</readonly>
      <max_memory_usage>${Math.round(memory * 0.25)}</max_memory_usage>
      <max_memory_usage_for_user>${Math.round(memory * 0.6)}</max_memory_usage_for_user>
      <max_execution_time>30</max_execution_time>
      <max_rows_to_read>1000000000</max_rows_to_read>
      <max_result_rows>1000000</max_result_rows>
      <max_result_bytes>${256 * MIB}</max_result_bytes>
      <max_concurrent_queries_for_user>32</max_concurrent_queries_for_user>
      <output_format_json_quote_64bit_integers>1</output_format_json_quote_64bit_integers>
      <constraints>
        <max_memory_usage><max>${Math.round(memory * 0.25)}</max></max_memory_usage>
        <max_memory_usage_for_user><readonly/></max_memory_usage_for_user>
        <max_execution_time><min>0.1</min><max>60</max></max_execution_time>
        <max_rows_to_read><readonly/></max_rows_to_read>
        <max_concurrent_queries_for_user><readonly/></max_concurrent_queries_for_user>
      </constraints>
    </reader>
  </profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>engine</profile><quota>default</quota>
      ${grantsXml(['GRANT SYSTEM LISTEN ON *.*', 'GRANT READ ON FILE', 'GRANT CREATE TEMPORARY TABLE ON *.*'])}
    </default>
    ${accountXml(WRITER_NAME, config.writerPassword, 'writer', [...onDatabases, ...onServer, ...(config.testKeeper ? onCluster : [])])}
    ${accountXml(READER_NAME, config.readerPassword, 'reader', [`GRANT SELECT, SHOW, dictGet ON ${DATABASES}`, 'GRANT SELECT ON system.*'])}
  </users>
</clickhouse>
`;
}

function accountXml(name: string, password: string, profile: string, grants: readonly string[]): string {
  return `<${name}>
      <password_sha256_hex>${createHash('sha256').update(password).digest('hex')}</password_sha256_hex>
      <networks><ip>::/0</ip></networks>
      <profile>${profile}</profile><quota>default</quota>
      ${grantsXml(grants)}
    </${name}>`;
}

function grantsXml(grants: readonly string[]): string {
  return `<grants>${grants.map((grant) => `<query>${grant}</query>`).join('')}</grants>`;
}
