/** The sending side in a process of its own: encodes before the clock starts, then only writes bytes to sockets. */
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '../measure/percentile';
import type { LoaderCommand, LoaderReport } from './loader';
import { encodeRequests, SPANS_PER_REQUEST } from './requests';

/** Retries of one request before the run is given up. */
const MOST_RETRIES = 200;

let bodies: Buffer[] = [];

process.on('message', (command: LoaderCommand) => {
  const answer = command.kind === 'prepare' ? Promise.resolve(prepare(command)) : send(command);
  answer.then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ kind: 'failed', message: error instanceof Error ? error.message : String(error) } satisfies LoaderReport),
  );
});
// The benchmark's end is ours.
process.on('disconnect', () => process.exit(0));

function prepare(command: LoaderCommand & { kind: 'prepare' }): LoaderReport {
  bodies = encodeRequests(command);
  return { kind: 'prepared', spans: bodies.length * SPANS_PER_REQUEST, bytes: bodies.reduce((total, body) => total + body.length, 0) };
}

async function send(command: LoaderCommand & { kind: 'send' }): Promise<LoaderReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: command.connections });
  const before = process.cpuUsage();
  const acknowledgedMs: number[] = [];
  let retries = 0;
  let next = command.first;
  const sender = async () => {
    while (next < command.end) {
      const body = bodies[next++]!;
      const start = performance.now();
      while (!(await post(agent, command.url, body))) {
        if (++retries > MOST_RETRIES) throw new Error(`${command.url} refused ${MOST_RETRIES} requests`);
        await pause(100);
      }
      acknowledgedMs.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: command.connections }, sender));
  agent.destroy();
  const { user, system } = process.cpuUsage(before);
  return {
    kind: 'sent', retries, cpuSeconds: (user + system) / 1e6,
    ackP50Ms: percentile(acknowledgedMs, 0.5), ackP99Ms: percentile(acknowledgedMs, 0.99),
  };
}

/** Whether the request was taken; false when the receiver asked to come back. */
function post(agent: Agent, url: string, body: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/x-protobuf', 'content-length': body.length } }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(true);
        else if (response.statusCode === 429 || response.statusCode === 503) resolve(false);
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
