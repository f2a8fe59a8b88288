// The embedded ClickHouse: libchdb.so holds a whole `clickhouse local`, HTTP server included. Plain JavaScript, so that
// starting it does not wait for a compiler. Arguments: configuration file, data directory, port, host to listen on.
import { libchdbPath } from 'chdb/libchdb';
import { DataType, load, open } from 'ffi-rs';

const FORCED_EXIT_MS = 8_000;
const [configFile, dataDir, port, host] = process.argv.slice(2);

// The second statement reads standard input until its writer closes it or dies; the engine then shuts down cleanly.
const HOLD = "SELECT * FROM file('/dev/stdin', 'LineAsString', 'line String') FORMAT Null";
const args = [
  'clickhouse-local',
  `--config-file=${configFile}`,
  `--path=${dataDir}`,
  `--http_port=${port}`,
  `--listen_host=${host}`,
  '--query',
  `SYSTEM START LISTEN HTTP; ${HOLD}`,
];

// End of input ends the engine. This is for the case that it does not, or that the owner died before the engine read it.
process.once('disconnect', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), FORCED_EXIT_MS));
// A terminal's Ctrl-C reaches the whole group; the owner alone decides when the engine ends.
process.on('SIGINT', () => undefined);

open({ library: 'chdb', path: libchdbPath() });
await load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [args.length, args],
  // The call returns only at the end; on its own thread it leaves the event loop free to notice the owner's death.
  runInNewThread: true,
});
process.exit(0);
