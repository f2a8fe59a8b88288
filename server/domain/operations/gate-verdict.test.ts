import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeGate, type GateEvidence, type ToldClient } from './gate-verdict';

const SECOND = 1_000;
const T0 = Date.parse('2026-11-27T14:00:00Z');
const at = (seconds: number) => T0 + seconds * SECOND;
const client = (told: Partial<ToldClient> = {}): ToldClient => ({ name: 'batch', etag: '"closed"', times: 2, firstAt: at(2), lastAt: at(100), ...told });
/** Asked for at 0 s, known at 2 s, nothing seen, judged at 100 s; 30 s of silence prove it, answers are kept for 300 s. */
const evidence = (told: Partial<GateEvidence> = {}): GateEvidence => ({
  now: at(100), requestedAt: at(0), etag: '"closed"', terms: { maxStaleMs: 300 * SECOND, onUnavailable: 'closed', verifyAfterMs: 30 * SECOND },
  clients: [client()], lastSeen: null, completeThrough: at(99), observingSince: at(-3600), ...told,
});

describe('a hold by the gate', () => {
  it.each<[string, Partial<GateEvidence>, string, RegExp]>([
    ['all know, nothing seen', {}, 'held', /^The one client has known since 2026-11-27 14:00:02 UTC, and nothing has been received/],
    ['what was seen before they knew', { lastSeen: at(1) }, 'held', /nothing has been received from the hop since 2026-11-27 14:00:02/],
    ['what was under way has ended', { lastSeen: at(20) }, 'held', /since 2026-11-27 14:00:20/],
    ['what was under way ended just now', { now: at(40), lastSeen: at(20), completeThrough: at(39) }, 'draining', /for 19 s of 30 s/],
    ['exactly as long as asked for', { completeThrough: at(50), now: at(51), lastSeen: at(20) }, 'held', /since/],
    ['the silence is not yet long enough', { now: at(20), completeThrough: at(19) }, 'draining', /for 17 s of 30 s/],
    ['a client was told once only', { clients: [client({ times: 1 })] }, 'draining', /^0 of 1 client has reported the answer; not yet: batch\.$/],
    ['a client knows another answer', { clients: [client(), client({ name: 'second', etag: '"open"', times: 9 })] }, 'draining', /^1 of 2 clients have reported the answer; not yet: second\.$/],
    ['that client has not asked for too long', { now: at(500), completeThrough: at(499), clients: [client({ lastAt: at(490) }), client({ name: 'second', etag: '"open"', lastAt: at(-10) })] }, 'held', /^The one client/],
    ['a client came later', { clients: [client(), client({ name: 'second', firstAt: at(80) })] }, 'draining', /^All 2 clients have known since 2026-11-27 14:01:20 UTC; nothing has been received from the hop for 19 s/],
    ['something comes after all have known for long enough', { lastSeen: at(90) }, 'leaking', /received from the hop at 2026-11-27 14:01:30 UTC.*somebody sends who does not ask/],
    ['something came, long ago', { lastSeen: at(60) }, 'held', /since 2026-11-27 14:01:00/],
    ['nobody asks', { now: at(500), completeThrough: at(499) }, 'unreachable', /within 300 s \(the last was batch at 2026-11-27 14:01:40 UTC\)/],
    ['nobody has ever asked', { clients: [] }, 'unreachable', /within 300 s: nobody/],
    ['nobody asks and something comes', { now: at(500), completeThrough: at(499), lastSeen: at(495) }, 'leaking', /no client asks the gate any more/],
    ['telemetry is not known to be complete', { completeThrough: null }, 'unreachable', /not known to be complete/],
    ['telemetry is behind', { completeThrough: at(69) }, 'unreachable', /complete through 2026-11-27 14:01:09 UTC only/],
    ['receivers have just begun to listen', { observingSince: at(80) }, 'unreachable', /listening for less than 30 s/],
    ['no receiver listens', { observingSince: null }, 'unreachable', /listening for less/],
  ])('%s', (_, told, state, sentence) => {
    const verdict = judgeGate(evidence(told));
    expect([verdict.state, verdict.sentence]).toEqual([state, expect.stringMatching(sentence)]);
  });

  it('counts whom it judged by', () => {
    expect(judgeGate(evidence({ clients: [client(), client({ name: 'b', times: 1 })], lastSeen: at(20) })).figures).toEqual({ clients: '2', told: '1', 'last seen': '2026-11-27 14:00:20 UTC' });
  });

  it('is held only while every client that would keep to an answer knows this one, and nothing came for as long as the contract asks', () => {
    const second = fc.integer({ min: -400, max: 400 });
    const clients = fc.array(fc.record({ name: fc.constantFrom('a', 'b'), etag: fc.constantFrom('"closed"', '"open"'), times: fc.integer({ min: 0, max: 3 }), firstAt: second.map(at), lastAt: second.map(at) }), { maxLength: 4 });
    let held = 0;
    fc.assert(fc.property(clients, fc.option(second.map(at)), fc.integer({ min: 365, max: 400 }).map(at), second.map(at), (some, lastSeen, completeThrough, observingSince) => {
      const told = evidence({ now: at(400), clients: some, lastSeen, completeThrough, observingSince });
      if (judgeGate(told).state !== 'held') return;
      held += 1;
      const live = some.filter(({ lastAt }) => lastAt >= at(100));
      expect(live.length).toBeGreaterThan(0);
      expect(live.every(({ etag, times, firstAt }) => etag === '"closed"' && times >= 2 && completeThrough - firstAt >= 30 * SECOND)).toBe(true);
      expect(lastSeen === null || completeThrough - lastSeen >= 30 * SECOND).toBe(true);
      expect(completeThrough - observingSince).toBeGreaterThanOrEqual(30 * SECOND);
    }), { numRuns: 2_000 });
    expect(held).toBeGreaterThan(0);
  });
});
