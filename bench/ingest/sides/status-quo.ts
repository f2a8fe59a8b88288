import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EXPORTER_TABLE } from '../peer/exporter-table';
import { ask, startEmptyClickHouse } from './clickhouse';
import type { StartSide } from './side';

/** The small server in `peer/`, and the exporter's table. */
export const startStatusQuo: StartSide = async (directory, started) => {
  const { pid, url } = await startEmptyClickHouse(directory, started);
  await ask(url, EXPORTER_TABLE);
  const child = fork(fileURLToPath(new URL('../peer/server.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'], env: { ...process.env, CLICKHOUSE_URL: url },
  });
  const exited = once(child, 'exit');
  started.add(async () => {
    if (child.connected) child.disconnect();
    await exited;
  });
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return {
    tracesUrl: `http://127.0.0.1:${message.port}/v1/traces`,
    clickhouseUrl: url,
    visibleSpansSql: 'SELECT count() FROM otel_traces',
    pids: { collector: [child.pid!], database: [pid] },
    check: async () => undefined,
  };
};
