/** Watches one broker: a look at every instant of the poll grid, and beside it the message tap. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectedSource, TapContext, TapReport } from '../runtime/taps/connector';
import { runMessageTap } from './messages';
import { BrokerPoll } from './poll/broker-poll';
import { JointReport } from './tap-report';
import type { TapSurroundings } from './tap-surroundings';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Runs until the context's signal aborts. */
export async function tapBroker(source: ConnectedSource<'rabbitmq'>, context: TapContext): Promise<void> {
  const report = new JointReport((state) => context.report(state));
  const poll = new BrokerPoll(source, { ...context, report: (state) => report.ofPoll(state) });
  try {
    await Promise.all([
      context.everyGridInstant((sampleTime) => poll.look(sampleTime, context.signal)),
      tapMessages(source, { ...context, report: (state) => report.ofMessages(state) }, poll.surroundings),
    ]);
  } finally {
    await poll.close();
  }
}

/** A message tap that fails must not take depth and alarms with it: it is started again while the poll goes on. */
async function tapMessages(source: ConnectedSource<'rabbitmq'>, context: TapContext, surroundings: TapSurroundings): Promise<void> {
  if (source.settings.amqp === undefined) {
    context.report(withoutMessages('No message tap: the source has no AMQP address.'));
    return;
  }
  let pauseMs = FIRST_PAUSE_MS;
  while (!context.signal.aborted) {
    const startedAt = performance.now();
    try {
      await runMessageTap(source, context, surroundings);
      return;
    } catch (error) {
      if (context.signal.aborted) return;
      const words = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
      context.report({ ...withoutMessages(`The message tap failed and starts again in ${pauseMs / 1000} s: ${words}`), status: 'warning', lastError: words });
      context.logger.warn({ source: source.id, error: words }, 'the message tap failed');
    }
    await pause(pauseMs, undefined, { signal: context.signal }).catch(() => undefined);
    pauseMs = performance.now() - startedAt > 2 * LONGEST_PAUSE_MS ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

function withoutMessages(summary: string): TapReport {
  return { status: 'ok', summary, lastSuccessAt: null, latencyMs: null, rows: null, lastError: null, detail: {} };
}
