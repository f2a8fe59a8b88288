import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startCollectors } from '@/collectors/testing/collector-process';
import { startPostgres } from '@/scripts/engines/postgres';
import { migrateAll } from '@/scripts/migrate';
import { writeContracts } from '../load/contracts';
import { ask, randomPassword, startEmptyClickHouse } from './clickhouse';
import type { StartSide } from './side';

const ROLLUPS_WITH_EVERY_SPAN = ['flow_minute', 'flow_event_minute'];

/** Signalbox itself: the collectors process with the receivers' role, 40 contracts, all tables and rollups. */
export const startOurs: StartSide = async (directory, started) => {
  const postgres = await startPostgres({ dataDir: join(directory, 'postgres'), password: randomPassword() });
  started.add(() => postgres.stop());
  const { pid, url } = await startEmptyClickHouse(directory, started);
  const databaseUrl = postgres.url('postgres');
  await migrateAll({ databaseUrl, clickhouseUrl: url });
  const contracts = join(directory, 'contracts');
  writeContracts(contracts);
  const collectors = await startCollectors({
    DATABASE_URL: databaseUrl,
    CLICKHOUSE_URL: url,
    CONTRACTS_DIR: contracts,
    SIGNALBOX_DATA_DIR: join(directory, 'data'),
    SIGNALBOX_SECRET: randomBytes(32).toString('base64'),
    OTLP_HTTP_HOST: '127.0.0.1',
    OTLP_HTTP_PORT: '0',
    COLLECTORS_ROLES: 'receivers',
  });
  started.add(() => collectors.stop());
  return {
    tracesUrl: `http://127.0.0.1:${collectors.otlpPort}/v1/traces`,
    clickhouseUrl: url,
    // A block is in the raw table shortly before its views have run.
    visibleSpansSql: `SELECT least((SELECT count() FROM otel_traces), ${ROLLUPS_WITH_EVERY_SPAN.map((table) => `(SELECT sum(Spans) FROM ${table})`).join(', ')})`,
    pids: { collector: [collectors.pid], database: [pid, postgres.pid] },
    check: (spans) => checkTreatment(url, spans),
  };
};

/** Every span must have been matched to its flow, tokenised, masked and counted once in raw table and rollups, or the figures mean nothing. */
async function checkTreatment(url: string, spans: number): Promise<void> {
  const facts = {
    'matched to a flow': `SELECT countIf(FlowId != '' AND HopId != '') FROM otel_traces`,
    'with facility, payer and message': `SELECT countIf(FacilityId != '' AND PayerId != '' AND MessageId != '') FROM otel_traces`,
    'with a token for the claim and the claim masked': `SELECT countIf(CaseToken LIKE 'k1:%' AND SpanAttributes['hospital.claim.id'] = '‹masked:14›') FROM otel_traces`,
    'in the raw table': 'SELECT count() FROM otel_traces',
    'in flow_minute': 'SELECT sum(Spans) FROM flow_minute',
    'in flow_event_minute': 'SELECT sum(Spans) FROM flow_event_minute',
  };
  for (const [fact, sql] of Object.entries(facts)) {
    const count = Number(await ask(url, sql));
    if (count !== spans) throw new Error(`Of ${spans} spans sent to Signalbox, ${count} are ${fact}.`);
  }
}
