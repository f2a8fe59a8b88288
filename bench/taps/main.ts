/**
 * `npm run bench:taps [-- --quick]`: what tapping a RabbitMQ broker costs, on a broker of its own. See ../README.md for how to
 * read it.
 */
import { contracts } from '@/collectors/rabbitmq/messages/testing/contract-flows';
import { startTestBroker, type TestBroker } from '@/scripts/testing/broker';
import { percentile } from '../ingest/measure/percentile';
import { requireProc } from '../ingest/measure/processes';
import { measurePolls, type PollFigures } from './polls';
import { measurePublishing, type PublishRound, type TapRates } from './publishing';

const FULL = { looks: 30, rounds: 4, messages: 60_000, backlog: 60_000 };
const QUICK = { looks: 8, rounds: 1, messages: 15_000, backlog: 15_000 };
const QUEUES = [10, 100, 1_000];

async function main(): Promise<void> {
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--quick');
  if (unknown.length > 0) throw new Error(`Unknown argument ${unknown.join(' ')}: the only one is --quick.`);
  requireProc();
  const counts = process.argv.includes('--quick') ? QUICK : FULL;
  const broker = await startTestBroker();
  try {
    const pid = await processOf(broker);
    const polls = await pollTable(broker, pid, counts.looks);
    console.log(`\n${line(['tap', 'messages/s', 'broker µs', 'collector µs'])}`);
    const rates = await measurePublishing(broker, pid, counts, (round) => console.log(publishRow(round)));
    console.log(`\n${summary(polls, rates).join('\n')}`);
  } finally {
    await broker.stop();
  }
}

async function pollTable(broker: TestBroker, pid: number, looks: number): Promise<PollFigures[]> {
  console.log(line(['queues', 'ms per look', 'collector ms', 'broker ms']));
  const all: PollFigures[] = [];
  for (const queues of QUEUES) {
    const figures = await measurePolls(broker, pid, { queues, looks, contracts: contracts() });
    all.push(figures);
    console.log(line([String(queues), figures.latencyMs.toFixed(1), figures.collectorCpuMs.toFixed(1), figures.brokerCpuMs.toFixed(1)]));
  }
  return all;
}

function publishRow({ tap, messagesPerSecond, brokerCpuUs, collectorCpuUs }: PublishRound): string {
  return line([tap, Math.round(messagesPerSecond).toLocaleString('en'), brokerCpuUs.toFixed(1), collectorCpuUs.toFixed(1)]);
}

/** The lines that other programs read: medians over the rounds, and their ratios. */
function summary(polls: readonly PollFigures[], { rounds, copiesPerSecond, copiesPerCpuSecond, bodyBytes }: TapRates): string[] {
  const median = (tap: 'on' | 'off', figure: (round: PublishRound) => number) => percentile(rounds.filter((round) => round.tap === tap).map(figure), 0.5);
  const ratio = (figure: (round: PublishRound) => number) => (median('on', figure) / median('off', figure)).toFixed(2);
  return [
    ...polls.flatMap(({ queues, latencyMs, collectorCpuMs, brokerCpuMs }) => [
      `figure poll_latency_${queues}_queues ${latencyMs.toFixed(1)} ms`,
      `figure poll_collector_cpu_${queues}_queues ${collectorCpuMs.toFixed(1)} ms`,
      `figure poll_broker_cpu_${queues}_queues ${brokerCpuMs.toFixed(1)} ms`,
    ]),
    `figure message_body ${bodyBytes} bytes`,
    `figure tap_copies_per_second ${Math.round(copiesPerSecond)} copies/s`,
    `figure tap_copies_per_cpu_second ${Math.round(copiesPerCpuSecond)} copies/CPU-s`,
    `figure publish_with_tap ${Math.round(median('on', (round) => round.messagesPerSecond))} messages/s`,
    `figure publish_without_tap ${Math.round(median('off', (round) => round.messagesPerSecond))} messages/s`,
    `ratio tap_publish_throughput ${ratio((round) => round.messagesPerSecond)}`,
    `ratio tap_broker_cpu ${ratio((round) => round.brokerCpuUs)}`,
  ];
}

/** The operating system's process of the node, so that its CPU time can be read. */
async function processOf(broker: TestBroker): Promise<number> {
  const answer = await broker.ctl('eval', 'os:getpid().');
  const pid = Number(/\d+/.exec(answer)?.[0]);
  if (!Number.isInteger(pid)) throw new Error(`The broker did not tell its process: ${answer}`);
  return pid;
}

function line(cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(13)).join('  ');
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
