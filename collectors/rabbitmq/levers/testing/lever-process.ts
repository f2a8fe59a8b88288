/**
 * Levers pulled in a process of its own, so that a test can end it in the middle. Takes one JSON argument, writes `done` and
 * the result when it was carried out, or `away` and why.
 */
import { brokerSource } from '../../testing/watched-broker';
import { contracts, queueChannel } from '../../messages/testing/contract-flows';
import type { LeverRequest } from '@/collectors/runtime/operations/levers';
import type { ConnectorPlan } from '@/server/domain/operations/plan';
import { rabbitmqLevers } from '../index';
import { KeptRun } from './kept-run';
import { benchOf } from './lever-suite';

export interface LeverProcess {
  source: Parameters<typeof brokerSource>[0];
  vhost: string;
  channel: string;
  operationId: string;
  /** Where its journal is kept. */
  file: string;
  request: LeverRequest;
  plan: ConnectorPlan;
}

const { source, vhost, channel, operationId, file, request, plan } = JSON.parse(process.argv[2] ?? '') as LeverProcess;
const bench = benchOf(brokerSource(source), contracts({ channel: queueChannel(vhost, channel) }));
process.stdin.on('end', () => process.exit(0)).resume();
process.stdout.write('begins\n');
try {
  const result = await rabbitmqLevers.execute(bench.source, bench.target, request, plan, new KeptRun(operationId, () => bench.contracts, file));
  process.stdout.write(`done ${JSON.stringify(result)}\n`);
} catch (error) {
  process.stdout.write(`away ${String(error)}\n`);
}
process.exit(0);
