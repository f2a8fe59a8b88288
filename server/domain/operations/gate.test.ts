import { describe, expect, it } from 'vitest';
import { flowSchema } from '../contracts/flow-schema';
import { gateAnswer, gateEtag, namesEtag, type GateHold } from './gate';

const flow = (gate?: object) => flowSchema.parse({
  apiVersion: 'signalbox/v1', kind: 'Flow', metadata: { id: 'refresh' },
  spec: { path: [{ id: 'load', channel: { source: 'api', kind: 'route', method: 'POST', path: '/batches' } }], pause: { allowed: true, gate } },
});
const gated = flow({ onUnavailable: 'closed', maxStale: 'PT2M' });
const at = new Date('2026-11-27T14:00:00Z');
const hold = (told: Partial<GateHold> = {}): GateHold => ({ id: 'h1', flowId: 'refresh', kind: 'pause', state: 'held', requestedAt: at, perSecond: null, alternate: null, ...told });
const answer = (...holds: GateHold[]) => gateAnswer(gated, holds);

describe('the answer of a gate', () => {
  it('is open without holds, with the terms of the contract or their defaults', () => {
    expect(answer()).toEqual({ flow: 'refresh', state: 'open', ratePerSecond: null, route: null, maxStaleMs: 120_000, onUnavailable: 'closed', reason: null });
    expect(gateAnswer(flow(), [])).toMatchObject({ state: 'open', maxStaleMs: 300_000, onUnavailable: 'open' });
  });

  it.each<[string, GateHold[], object]>([
    ['asked for', [hold({ state: 'requested' })], { state: 'closed', reason: 'Paused since 2026-11-27T14:00:00.000Z (hold h1).' }],
    ['draining', [hold({ state: 'draining' })], { state: 'closed' }],
    ['leaking', [hold({ state: 'leaking' })], { state: 'closed' }],
    ['of another flow', [hold({ flowId: 'other' })], { state: 'open', reason: null }],
    ['released', [hold({ state: 'released' })], { state: 'open', reason: null }],
    ['being released', [hold({ state: 'releasing' })], { state: 'open', ratePerSecond: null, reason: null }],
    ['being released at a rate', [hold({ state: 'releasing', perSecond: 5 })], { state: 'open', ratePerSecond: '5', reason: 'Being released at 5 per second (hold h1).' }],
    ['being released at two rates', [hold({ state: 'releasing', perSecond: 50 }), hold({ id: 'h2', state: 'releasing', perSecond: 5 })], { state: 'open', ratePerSecond: '5' }],
    ['being released on one hop, closed on another', [hold({ state: 'releasing', perSecond: 5 }), hold({ id: 'h2' })], { state: 'closed', ratePerSecond: null, reason: 'Paused since 2026-11-27T14:00:00.000Z (hold h2).' }],
    ['a reroute', [hold({ kind: 'reroute', state: 'active', alternate: 'second' })], { state: 'open', route: 'second', reason: 'Rerouted to second since 2026-11-27T14:00:00.000Z (hold h1).' }],
    ['a reroute that expires', [hold({ kind: 'reroute', state: 'expiring', alternate: 'second' })], { route: 'second' }],
    ['a reroute that is being restored', [hold({ kind: 'reroute', state: 'releasing', alternate: 'second' })], { state: 'open', route: null, reason: null }],
    ['a reroute and a pause', [hold(), hold({ id: 'h2', kind: 'reroute', state: 'active', alternate: 'second' })], { state: 'closed', route: 'second' }],
  ])('with a hold that is %s', (_, holds, expected) => {
    expect(answer(...holds)).toMatchObject(expected);
  });
});

describe('the tag of an answer', () => {
  it('is the same for the same answer, in whatever order holds are read, and names the hold', () => {
    const other = hold({ id: 'h2' });
    expect(gateEtag(answer(hold(), other))).toBe(gateEtag(answer(other, hold({ state: 'draining' }))));
    expect(gateEtag(answer(hold()))).not.toBe(gateEtag(answer(other)));
    expect(gateEtag(answer())).toMatch(/^"[0-9a-f]{32}"$/);
  });

  it.each<[string | undefined, boolean]>([
    [undefined, false], ['', false], ['*', false], ['"b"', false], ['"a"', true], ['W/"a"', true], ['"b", "a"', true], ['a', false],
  ])('is known to who sends If-None-Match: %s: %s', (header, known) => {
    expect(namesEtag(header, '"a"')).toBe(known);
  });
});
