import { describe, expect, it } from 'vitest';
import { ageOfOldest, type AgeEvidence, type QueueHead } from './age';

const NOW = Date.UTC(2026, 10, 23);
const head = (more: Partial<QueueHead> = {}): QueueHead => ({ type: 'classic', ready: 10n, unacked: 2n, isPriority: false, headTimestamp: NOW - 90_000, ...more });
const traced: AgeEvidence = { ageOf: (_, { ready, unacked }) => ({ ageMs: Number(ready + unacked), method: 'traced', note: '' }) };
const age = (queue: QueueHead, evidence: AgeEvidence | null = null) => ageOfOldest('rabbit-main:queue:/:work', queue, evidence, NOW);

describe('the age of the oldest waiting message', () => {
  it('is that of the head where publishers set a timestamp', () => {
    expect(age(head(), traced)).toMatchObject({ ageMs: 90_000, method: 'head' });
  });

  it('is never below nothing, however the publisher\'s clock runs ahead', () => {
    expect(age(head({ headTimestamp: NOW + 60_000 }))).toMatchObject({ ageMs: 0, method: 'head' });
  });

  it.each([[NOW + 3_600_000, 'future'], [NOW / 1000, 'more than a year old']])('is not taken from an implausible timestamp %d', (headTimestamp, words) => {
    expect(age(head({ headTimestamp }))).toMatchObject({ ageMs: null, method: 'unknown', note: expect.stringContaining(words) });
    expect(age(head({ headTimestamp }), traced)).toMatchObject({ ageMs: 12, method: 'traced' });
  });

  it('comes from what the message tap saw, else is unknown with the reason', () => {
    expect(age(head({ headTimestamp: null }), traced)).toMatchObject({ ageMs: 12, method: 'traced' });
    expect(age(head({ headTimestamp: null }))).toMatchObject({ method: 'unknown', note: expect.stringContaining('sets no timestamp') });
    expect(age(head({ headTimestamp: null, type: 'quorum' }))).toMatchObject({ method: 'unknown', note: expect.stringContaining('A quorum queue does not tell') });
  });

  it('is unknown for priority queues and streams, whatever their head says', () => {
    expect(age(head({ isPriority: true }), traced)).toMatchObject({ ageMs: null, method: 'unknown' });
    expect(age(head({ type: 'stream' }), traced)).toMatchObject({ ageMs: null, method: 'unknown' });
  });

  it('does not exist where nothing waits, or where that is not known', () => {
    for (const ready of [0n, null]) expect(age(head({ ready }), traced)).toEqual({ ageMs: null, method: 'unknown', note: '' });
  });
});
