import { parseArgs } from 'node:util';

/** What `npm run up -- --help` prints. */
export const HELP = `Usage: npm run up -- [options]

Starts Signalbox on this machine: Postgres, ClickHouse, collectors, web, and a sandbox hospital to look at.

  --port N           port of the web interface (default 3000)
  --otlp-port N      port that receives OpenTelemetry over HTTP (default 4318)
  --data-dir DIR     everything Signalbox stores (default .signalbox)
  --no-sandbox       start without the sandbox hospital, for your own telemetry
  --sandbox-port N   port of the sandbox's control page; its systems use the ports from 1000 above it (default 3100)
  --factor N         how much faster than real the sandbox's business runs (default: the sandbox's own)
  --help             this text

Environment:
  DATABASE_URL         a Postgres of your own (14 or newer) instead of the embedded one
  CLICKHOUSE_URL       a ClickHouse of your own (26.2 or newer), http://user:password@host:8123/database
  CLICKHOUSE_READ_URL  the same with a read-only account, for the web (default: CLICKHOUSE_URL)
  RABBITMQ_URL         a RabbitMQ of your own for the sandbox, amqp://user:password@host:5672, as an administrator
                       (default: the RabbitMQ of this machine, if there is one)
  RABBITMQ_MANAGEMENT_URL  its management API (default: port 15672 of the same host)
  CONTRACTS_DIR        your flow contracts (default: the sandbox's, or an empty folder in the data directory)
  HOST                 address the web interface listens on (default 127.0.0.1)

Ctrl-C stops everything.
`;

/** A mistake of the person who typed the command; its message is all there is to show. */
export class UsageError extends Error {}

/**
 * Reads the command line of `npm run up`.
 * @throws UsageError with a sentence that says what to write instead
 */
export function parseUpArguments(argv) {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        port: { type: 'string', default: '3000' },
        'otlp-port': { type: 'string', default: '4318' },
        'data-dir': { type: 'string', default: '.signalbox' },
        'no-sandbox': { type: 'boolean', default: false },
        'sandbox-port': { type: 'string', default: '3100' },
        factor: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(`${error.message.split('. ')[0]}. See npm run up -- --help.`);
  }
  const parsed = {
    help: values.help,
    port: portNumber('--port', values.port),
    otlpPort: portNumber('--otlp-port', values['otlp-port']),
    dataDir: values['data-dir'],
    sandbox: !values['no-sandbox'],
    sandboxPort: portNumber('--sandbox-port', values['sandbox-port']),
    factor: values.factor === undefined ? undefined : positiveNumber('--factor', values.factor),
  };
  if (parsed.dataDir === '') throw new UsageError('--data-dir needs the name of a directory.');
  const ports = [
    ['--port', parsed.port],
    ['--otlp-port', parsed.otlpPort],
    ...(parsed.sandbox ? [['--sandbox-port', parsed.sandboxPort]] : []),
  ];
  for (const [index, [name, port]] of ports.entries()) {
    const same = ports.slice(index + 1).find(([, other]) => other === port);
    if (same) throw new UsageError(`${name} and ${same[0]} are both ${port}: choose different ports.`);
  }
  return parsed;
}

function portNumber(name, text) {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new UsageError(`${name} ${text} is not a port: choose a number from 1 to 65535.`);
  }
  return port;
}

function positiveNumber(name, text) {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 1) throw new UsageError(`${name} ${text} is not a number of at least 1.`);
  return value;
}
