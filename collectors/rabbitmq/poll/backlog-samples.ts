/** Turns a look, or the failure of one, into samples of channels. */
import type { BacklogSample } from '@/server/domain/taps/facts';
import { ageOfOldest, type AgeEvidence } from '../age';
import { isOurs } from '../own-names';
import type { BrokerLook } from './broker-look';
import { queueChannelId, type ContractQueue } from './contract-queues';
import type { CounterEpochs } from './counter-epochs';
import type { QueueFigures } from './queue-figures';

export interface SampleContext {
  sourceId: string;
  sampleTime: number;
  contracted: readonly ContractQueue[];
  /** Virtual hosts that the source is restricted to; empty: none. */
  vhosts: readonly string[];
  epochs: CounterEpochs;
  evidence: AgeEvidence | null;
  /** Unix milliseconds. */
  now: number;
}

/** One sample for every business queue, and one for every queue that a contract names and that is not there. */
export function samplesOfLook(look: BrokerLook, context: SampleContext): BacklogSample[] {
  const business = look.queues.filter(({ name }) => !isOurs(name));
  context.epochs.beginLook(look.state.nodes, business, (vhost) => look.isComplete && !look.unseen.has(vhost));
  const samples = new Map(business.map((queue) => {
    const sample = sampleOfQueue(queue, context);
    return [sample.channelId, sample] as const;
  }));
  for (const queue of context.contracted) {
    if (!samples.has(queue.channelId)) samples.set(queue.channelId, sampleOfAbsent(queue, look, context));
  }
  return [...samples.values()];
}

/** The look failed: every queue that a contract names has a sample that says so. */
export function samplesOfFailure(error: string, { sourceId, sampleTime, contracted }: Pick<SampleContext, 'sourceId' | 'sampleTime' | 'contracted'>): BacklogSample[] {
  return contracted.map((queue) => ({ ...emptySample(sourceId, queue.channelId, sampleTime), ok: false, error }));
}

function sampleOfQueue(queue: QueueFigures, { sourceId, sampleTime, epochs, evidence, now }: SampleContext): BacklogSample {
  const id = queueChannelId(sourceId, queue.vhost, queue.name);
  const epoch = epochs.epochOf(queue, sampleTime);
  const isStream = queue.type === 'stream';
  const age = ageOfOldest(id, queue, evidence, now);
  return {
    ...emptySample(sourceId, id, sampleTime),
    channelType: queue.type,
    state: queue.state,
    // What a stream holds was or will be read by anybody: it is kept, it does not wait.
    waiting: isStream ? null : queue.ready,
    inFlight: queue.unacked,
    consumers: queue.consumers,
    counters: queue.totals === null ? null : { epoch, ...queue.totals, left: isStream ? null : queue.totals.left },
    bytes: queue.bytes,
    oldestAgeMs: age.ageMs,
    ageMethod: age.method,
    ageNote: age.note,
  };
}

/** Not seen: it does not exist, which is a finding; or it could not be looked for, which is no data. */
function sampleOfAbsent({ channelId, vhost, name }: ContractQueue, look: BrokerLook, { sourceId, sampleTime, vhosts }: SampleContext): BacklogSample {
  const sample = emptySample(sourceId, channelId, sampleTime);
  if (vhosts.length > 0 && !vhosts.includes(vhost)) return { ...sample, ok: false, error: `The source is restricted to other virtual hosts than ${vhost}. Add it under Settings → Sources, or correct the contract.` };
  const reason = look.unseen.get(vhost);
  if (reason !== undefined) return { ...sample, ok: false, error: reason };
  if (!look.isComplete) return { ...sample, ok: false, error: `Queues come and go faster than their list can be read, so it is not known whether ${name} exists. It is looked for again at the next look.` };
  return { ...sample, state: 'missing' };
}

function emptySample(sourceId: string, channelId: string, sampleTime: number): BacklogSample {
  return {
    kind: 'backlogSample', sourceId, channelId, partition: '', sampleTime, ok: true, error: '', channelType: '', state: '',
    waiting: null, inFlight: null, failed: null, held: null, consumers: null, counters: null, bytes: null,
    oldestAgeMs: null, ageMethod: 'unknown', ageNote: '',
  };
}
