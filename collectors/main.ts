/** `npm run collectors`: one process with the roles of COLLECTORS_ROLES (default all of them). */
import { createSecretBox } from '@/server/domain/sources/secret-box';
import { connectClickHouse } from '@/server/store/clickhouse/client';
import { connectPostgres } from '@/server/store/postgres';
import { CONNECTORS } from './connectors';
import { startLevers } from './levers';
import { startReceivers, type RunningReceivers } from './receivers';
import { auditSinksOf } from './runtime/audit/sinks';
import { startContractRuntime } from './runtime/contracts/start-contract-runtime';
import { startEvaluators } from './runtime/evaluators';
import { createLogger } from './runtime/logger';
import { startNotices } from './runtime/notices';
import { startTaps } from './runtime/taps';
import { readSettings } from './settings';

const TOKEN_KEY_ID = 'k1';

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const logger = createLogger('collectors');
  const postgres = connectPostgres(settings.databaseUrl, { applicationName: 'signalbox-collectors' });
  const clickhouse = connectClickHouse(settings.clickhouseUrl, { name: 'signalbox-collectors' });
  let receivers: RunningReceivers | null = null;
  const contracts = await startContractRuntime({
    dir: settings.contractsDir, db: postgres.db, tokenKey: settings.secret, tokenKeyId: TOKEN_KEY_ID, logger,
    onChange: ({ previousMapper }) => receivers?.keepCounts(previousMapper),
  });
  receivers = settings.roles.has('receivers')
    ? await startReceivers({ settings, db: postgres.db, clickhouse, mapper: () => contracts.mapper(), logger })
    : null;
  const evaluators = settings.roles.has('evaluators')
    ? startEvaluators({ db: postgres.db, clickhouse, contracts: () => contracts.set(), logger, auditSinks: auditSinksOf(settings.auditSink), auditEveryMs: settings.auditSink.everyMs })
    : null;

  const taps = settings.roles.has('taps')
    ? startTaps({
      db: postgres.db, clickhouse, contracts: () => contracts.set(), connectors: CONNECTORS, secret: settings.secret,
      tokenKey: settings.secret, tokenKeyId: TOKEN_KEY_ID, env: process.env, logger,
    })
    : null;

  const operations = settings.roles.has('operations')
    ? await startLevers({ db: postgres.db, clickhouse, contracts: () => contracts.set(), secret: settings.secret, tokenKey: settings.secret, tokenKeyId: TOKEN_KEY_ID, env: process.env, logger })
    : null;

  const notices = settings.roles.has('operations') ? startNotices({ db: postgres.db, box: createSecretBox(settings.secret), logger, now: () => new Date() }) : null;

  let stopping = false;
  const stop = async (why: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'stopping');
    await receivers?.stop();
    await notices?.stop();
    await operations?.stop();
    await taps?.stop();
    await evaluators?.stop();
    await contracts.stop();
    await clickhouse.close();
    await postgres.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
  // With a parent (npm run up), its end is ours.
  if (process.send) process.on('disconnect', () => void stop('parent ended'));
  process.send?.({ ready: true, otlpPort: receivers?.port ?? null });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
