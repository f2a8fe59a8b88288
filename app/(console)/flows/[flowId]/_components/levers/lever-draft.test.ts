import { describe, expect, it } from 'vitest';
import { OPERATION_KINDS } from '@/server/domain/operations/kinds';
import { draftOf, newDraft, requestOf, type LeverDraft } from './lever-draft';

const ID = '0193a5e0-0000-7000-8000-000000000001';
const HOLD = '0193a5e0-0000-7000-8000-000000000002';
const NOW = Date.parse('2026-11-27T14:00:00.000Z');
const ABOUT = { flowId: 'charge-capture', hopId: 'outbox' };

const draft = (over: Partial<LeverDraft> & Pick<LeverDraft, 'kind'>): LeverDraft => ({ ...newDraft({ ...ABOUT, kind: over.kind }, NOW, null), ...over });

/** A filled-in form of each kind. */
const FILLED: Record<LeverDraft['kind'], LeverDraft> = {
  pause: draft({ kind: 'pause', method: 'park', startAt: '2026-11-27T16:00:00' }),
  canary: draft({ kind: 'canary', holdId: HOLD, canaryBy: 'payer', payer: 'aetna', count: '10' }),
  release: draft({ kind: 'release', holdId: HOLD, perSecond: '20', pace: 'ramp', quietSeconds: '30', tolerate: '2' }),
  replay: draft({ kind: 'replay', reason: 'ITEM_NOT_MAPPED', perSecond: '5', to: 'exchange', attestation: 'CHG-12', overrideUnknown: true }),
  reroute: draft({ kind: 'reroute', alternate: 'second-clearinghouse', payer: 'aetna' }),
  restore: draft({ kind: 'restore', holdId: HOLD }),
};

const SEVERAL: Partial<Record<LeverDraft['kind'], LeverDraft>> = {
  pause: draft({ kind: 'pause', method: 'park', further: [{ hopId: 'posting', method: 'row-gate' }, { hopId: 'payer', method: 'stop-consumers' }] }),
  release: draft({ kind: 'release', holdId: HOLD, furtherHolds: [ID] }),
};

describe('requestOf', () => {
  it.each(OPERATION_KINDS)('makes a request out of a filled-in form: %s', (kind) => {
    const { request } = requestOf(FILLED[kind], ID);
    expect(request).toMatchObject({ kind, id: ID, ...ABOUT });
  });

  it.each(OPERATION_KINDS)('asks for the same again after the form was opened from the request: %s', (kind) => {
    const { request } = requestOf(FILLED[kind], ID);
    const again = requestOf(draftOf(request!, newDraft({ ...ABOUT, kind }, NOW + 60_000, null)), ID);
    expect(again.request).toEqual(request);
  });

  it.each(Object.entries(SEVERAL))('keeps the order of several channels: %s', (kind, filled) => {
    const { request } = requestOf(filled, ID);
    expect(request).toMatchObject({ further: kind === 'pause' ? filled.further : filled.furtherHolds });
    expect(requestOf(draftOf(request!, newDraft({ ...ABOUT, kind: filled.kind }, NOW, null)), ID).request).toMatchObject({ further: (request as { further: unknown }).further });
  });

  it('names an absolute window, whatever the clock does afterwards', () => {
    const { request } = requestOf(draft({ kind: 'replay', selectBy: 'all' }), ID);
    expect(request).toMatchObject({ selection: { by: 'all', failedFrom: '2026-10-28T14:00:00.000Z', failedUntil: '2026-11-27T14:00:01.000Z' } });
  });

  it('takes picked messages as they are', () => {
    const { request } = requestOf(draft({ kind: 'replay', selectBy: 'items', itemKeys: ['a', 'b'] }), ID);
    expect(request).toMatchObject({ selection: { by: 'items', itemKeys: ['a', 'b'] } });
  });

  it('changes one message, and asks for the values anew when it is asked for again', () => {
    const one = draft({ kind: 'replay', selectBy: 'items', itemKeys: ['a'], edits: { 'body:/payer': 'cigna' } });
    expect(requestOf(one, ID).request).toMatchObject({ edit: [{ at: 'body:/payer', to: 'cigna' }] });
    expect(requestOf({ ...one, itemKeys: ['a', 'b'] }, ID).request).not.toHaveProperty('edit');
    const again = draftOf({ ...requestOf(one, ID).request, edit: [{ at: 'body:/payer', digest: 'a'.repeat(64) }] } as never, newDraft({ ...ABOUT, kind: 'replay' }, NOW, null));
    expect(requestOf(again, ID).problems).toHaveProperty('edit');
  });

  it.each<[string, LeverDraft, string]>([
    ['no method', draft({ kind: 'pause' }), 'method'],
    ['a further channel without a method', draft({ kind: 'pause', method: 'park', further: [{ hopId: 'posting', method: '' }] }), 'further.0.method'],
    ['no end', draft({ kind: 'pause', method: 'park', reviewBy: '' }), 'reviewBy'],
    ['an empty filter', draft({ kind: 'replay' }), 'selection.filter'],
    ['blanks as a filter', draft({ kind: 'replay', payer: '  ' }), 'selection.filter'],
    ['no picked message', draft({ kind: 'replay', selectBy: 'items' }), 'selection.itemKeys'],
    ['a rate in words', draft({ kind: 'release', holdId: HOLD, perSecond: 'fast' }), 'perSecond'],
    ['a ramp that tolerates words', draft({ kind: 'release', holdId: HOLD, pace: 'ramp', tolerate: 'some' }), 'ramp.tolerate'],
    ['a ramp that waits for an instant only', draft({ kind: 'release', holdId: HOLD, pace: 'ramp', quietSeconds: '1' }), 'ramp.quietSeconds'],
    ['a canary of none', draft({ kind: 'canary', holdId: HOLD, count: '0' }), 'which.count'],
    ['a payer without a name', draft({ kind: 'canary', holdId: HOLD, canaryBy: 'payer' }), 'which.payer'],
    ['nowhere to lead to', draft({ kind: 'reroute' }), 'alternate'],
  ])('refuses %s and says where', (_what, filled, path) => {
    expect(requestOf(filled, ID).problems).toHaveProperty([path], expect.stringMatching(/^[a-z]/));
  });
});

it('never proposes a longer hold than the contract allows', () => {
  const reviewOf = (maxHoldMs: number | null) => {
    const { request } = requestOf({ ...newDraft({ ...ABOUT, kind: 'pause' }, NOW, maxHoldMs), method: 'park' }, ID);
    return request?.kind === 'pause' ? Date.parse(request.reviewBy) - NOW : null;
  };
  expect(reviewOf(3_600_000)).toBe(3_600_000);
  expect(reviewOf(null)).toBe(4 * 3_600_000);
});
