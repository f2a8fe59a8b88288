/** The age of the oldest waiting message by rank: when N messages wait, the oldest is at least as old as the N-th newest publish. */
import type { AgeEvidence, ChannelAge } from '../age';
import type { QueueLook } from '../tap-surroundings';

/** Publishes that are remembered per channel; with more waiting, the oldest remembered one is a bound still. */
const REMEMBERED = 16_384;
/** Share of messages that may reach a queue unseen before ranks mean nothing. */
const UNSEEN_SHARE = 0.01;

interface Channel {
  times: Float64Array;
  /** Seen since the tap began, or began anew. */
  seen: number;
  /** Why counting began anew; empty for the start of the tap. */
  gap: string;
  /** Publishes to the queue as the broker counts them, minus those seen, at the first look; and the largest step between looks. */
  reference: { difference: bigint; lastPublished: bigint; largestStep: bigint } | null;
}

export class PublishRanks implements AgeEvidence {
  readonly #channels = new Map<string, Channel>();
  readonly #queue: (channelId: string) => QueueLook | undefined;

  /** @param queue the last look at the queue of a channel */
  constructor(queue: (channelId: string) => QueueLook | undefined) {
    this.#queue = queue;
  }

  published(channelId: string, at: number): void {
    const channel = this.#channels.get(channelId) ?? this.#begin(channelId, '');
    channel.times[channel.seen % REMEMBERED] = at;
    channel.seen++;
  }

  /** Publishes were missed: what was seen before counts no more. @param gap why, to follow "since" */
  startAnew(channelIds: Iterable<string>, gap: string): void {
    for (const channelId of channelIds) this.#begin(channelId, gap);
  }

  /** Keeps only these channels. */
  retain(channelIds: ReadonlySet<string>): void {
    for (const channelId of this.#channels.keys()) if (!channelIds.has(channelId)) this.#channels.delete(channelId);
  }

  ageOf(channelId: string, { ready, unacked }: { ready: bigint; unacked: bigint }, now: number): ChannelAge | null {
    const channel = this.#channels.get(channelId);
    const waiting = ready + unacked;
    if (!channel || waiting === 0n) return null;
    if (this.#missesPublishes(channelId, channel)) {
      return unknown('Unknown: more messages reach the queue than the tap sees published, so ranks say nothing.');
    }
    if (waiting > BigInt(channel.seen)) {
      return unknown(`Unknown: ${waiting} messages wait, and the tap has seen only ${channel.seen} published${channel.gap === '' ? '' : ` since ${channel.gap}`}.`);
    }
    const rank = Math.min(Number(waiting), REMEMBERED);
    const at = channel.times[(channel.seen - rank) % REMEMBERED]!;
    return { ageMs: Math.max(0, now - at), method: 'rank', note: `At least: ${waiting} messages wait, and so long ago the ${ordinal(rank)} newest was published.` };
  }

  #begin(channelId: string, gap: string): Channel {
    const channel: Channel = { times: this.#channels.get(channelId)?.times ?? new Float64Array(REMEMBERED), seen: 0, gap, reference: null };
    this.#channels.set(channelId, channel);
    return channel;
  }

  /** The broker's counts come late by some seconds: differences within the largest steps between looks mean nothing. */
  #missesPublishes(channelId: string, channel: Channel): boolean {
    const published = this.#queue(channelId)?.published ?? null;
    if (published === null) return false;
    const difference = published - BigInt(channel.seen);
    const before = channel.reference;
    if (!before || published < before.lastPublished) {
      channel.reference = { difference, lastPublished: published, largestStep: before?.largestStep ?? 0n };
      return false;
    }
    const step = published - before.lastPublished;
    if (step > before.largestStep) before.largestStep = step;
    before.lastPublished = published;
    const tolerated = BigInt(Math.ceil(channel.seen * UNSEEN_SHARE)) + 2n * before.largestStep;
    return difference - before.difference > tolerated;
  }
}

function unknown(note: string): ChannelAge {
  return { ageMs: null, method: 'unknown', note };
}

function ordinal(rank: number): string {
  const ending = rank % 100 >= 11 && rank % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][rank % 10] ?? 'th');
  return `${rank}${ending}`;
}
