import { describe, expect, test } from 'vitest';
import { auditHash, GENESIS_HASH } from './audit-hash';
import { CHAIN_START, checkAnchor, checkNext, type ChainBreak, type StoredEvent } from './chain-check';

/** A chain of as many events. */
function chain(length: number): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (let seq = 1n; seq <= BigInt(length); seq += 1n) {
    const event = {
      seq, id: `id-${seq}`, at: new Date(Number(seq) * 1000), actor: 'user:ada', actorUser: null, grants: [], action: 'source.update', subject: `source:${seq}`,
      flowId: null, outcome: 'done', reason: null, ticket: null, planHash: null, before: null, after: { n: Number(seq) }, previousHash: events.at(-1)?.hash ?? GENESIS_HASH,
    };
    events.push({ ...event, hash: auditHash(event), microseconds: 0 });
  }
  return events;
}

function firstBreak(events: readonly StoredEvent[]): ChainBreak | null {
  let position = CHAIN_START;
  for (const event of events) {
    const found = checkNext(position, event);
    if (found) return found;
    position = event;
  }
  return null;
}

const rehashed = (event: StoredEvent): StoredEvent => {
  const { hash: _, microseconds, ...rest } = event;
  return { ...rest, microseconds, hash: auditHash(rest) };
};

describe('a chain', () => {
  test('that nobody touched holds', () => {
    expect(firstBreak(chain(20))).toBeNull();
    expect(firstBreak([])).toBeNull();
  });

  test.each<[string, (events: StoredEvent[]) => StoredEvent[], Pick<ChainBreak, 'kind' | 'seq'>, RegExp]>([
    ['a changed event', (all) => all.with(4, { ...all[4]!, actor: 'user:eve' }), { kind: 'changed', seq: 5n }, /^Event #5 was changed after it was written/],
    ['a changed event whose hash was made anew', (all) => all.with(4, rehashed({ ...all[4]!, actor: 'user:eve' })), { kind: 'inserted', seq: 6n }, /^Event #6 does not follow #5/],
    ['a time changed by a microsecond', (all) => all.with(4, { ...all[4]!, microseconds: 1 }), { kind: 'changed', seq: 5n }, /content does not match/],
    ['content that cannot be hashed', (all) => all.with(4, { ...all[4]!, after: 0.5 }), { kind: 'changed', seq: 5n }, /content does not match/],
    ['a removed event', (all) => all.toSpliced(4, 1), { kind: 'removed', seq: 5n }, /^Event #5 was removed: #6 follows #4/],
    ['several removed events', (all) => all.toSpliced(4, 3), { kind: 'removed', seq: 5n }, /^Events #5 to #7 were removed/],
    ['a removed beginning', (all) => all.slice(2), { kind: 'removed', seq: 1n }, /^Events #1 to #2 were removed: #3 follows the beginning/],
    ['two events that changed places', (all) => all.with(4, { ...all[5]!, seq: 5n }).with(5, { ...all[4]!, seq: 6n }), { kind: 'changed', seq: 5n }, /was changed/],
    ['an event inserted before the first', (all) => [rehashed({ ...all[0]!, seq: 0n }), ...all], { kind: 'inserted', seq: 0n }, /^Event #0 was inserted/],
    ['an event inserted by moving the later ones', (all) => [...all.slice(0, 4), rehashed({ ...all[4]!, id: 'new' }), ...all.slice(4).map((event) => ({ ...event, seq: event.seq + 1n }))], { kind: 'changed', seq: 6n }, /not written by Signalbox/],
    ['an event appended by hand', (all) => [...all, { ...all[9]!, seq: 11n }], { kind: 'changed', seq: 11n }, /not written by Signalbox/],
    ['an event appended with a hash but not chained', (all) => [...all, rehashed({ ...all[9]!, seq: 11n })], { kind: 'inserted', seq: 11n }, /does not follow #10/],
  ])('names the first break: %s', (_, tamper, expected, words) => {
    const found = firstBreak(tamper(chain(10)));
    expect(found).toMatchObject(expected);
    expect(found?.sentence).toMatch(words);
  });
});

describe('an anchor', () => {
  const anchor = { seq: 8n, hash: 'a', at: '2026-01-05T08:00:00.000Z', place: 'the file' };

  test('agrees with the event of its number', () => {
    expect(checkAnchor(anchor, 'a', 10n)).toBeNull();
  });
  test('tells of an end that was cut off', () => {
    expect(checkAnchor(anchor, null, 5n)).toEqual({ seq: 6n, kind: 'cut-off', sentence: 'The trail ends at #5, but reached #8 at 2026-01-05T08:00:00.000Z, says the file: what came after #5 was removed.' });
  });
  test('tells of a chain that was written anew', () => {
    expect(checkAnchor(anchor, 'b', 10n)).toMatchObject({ seq: 8n, kind: 'replaced' });
  });
});
