import { describe, expect, it } from 'vitest';
import { operationRequest } from '@/server/domain/operations/request';
import { extentWords, named } from './extent-words';
import { choiceSentences, dimensionSentences, duplicateSentence, guaranteeTerms, headline, notEligibleCount, shortHash } from './plan-sentences';
import { planOf } from './testing/planned';

const ABOUT = { id: '0193a5e0-0000-7000-8000-000000000001', flowId: 'charges', hopId: 'outbox' };
const HOLD = { ...ABOUT, holdId: '0193a5e0-0000-7000-8000-000000000002' };
const EXTENT = { messages: '37', cases: 31, money: [{ amount: '12340.5', currency: 'USD' }], note: '' };
const WINDOW = { failedFrom: '2026-11-27T00:00:00Z', failedUntil: '2026-11-27T14:00:00Z' };

/** A reroute over a hold, with what of it goes along. */
const overHold = (waiting: number, messages: string | null) => ({ enrolled: [{ payer: 'aetna' }], over: { holdId: HOLD.holdId, method: 'park' }, act: { waiting: String(waiting) }, extent: { messages, cases: null, money: [], note: '' } });

describe('headline', () => {
  it.each<[request: object, words: string, plan?: object]>([
    [{ ...ABOUT, kind: 'pause', method: 'park', reviewBy: '2026-11-27T18:00:00Z' }, 'Holds Charges at outbox: park new messages. It reaches 37 messages of 31 cases worth $12,340.50 now.'],
    [{ ...ABOUT, kind: 'pause', method: 'park', reviewBy: '2026-11-27T18:00:00Z', further: [{ hopId: 'posting', method: 'row-gate' }] }, 'Holds Charges at 2 hops, one after the other: outbox (park new messages), then posting (close the row gate). It reaches 37 messages'],
    [{ ...HOLD, kind: 'canary', which: { by: 'count', count: 1 } }, 'Lets one message pass the hold of Charges; everything else stays held.'],
    [{ ...HOLD, kind: 'canary', which: { by: 'payer', payer: 'aetna', atMost: 10 } }, 'Lets at most 10 messages of payer aetna pass the hold of Charges;'],
    [{ ...HOLD, kind: 'release', ramp: { tolerate: 0 } }, 'Ends the hold of Charges in steps: 1 %, 10 %, then the rest, each only when the one before turned out well.'],
    [{ ...HOLD, kind: 'release', perSecond: 20 }, 'Ends the hold of Charges: what was held goes on, at most 20 per second.'],
    [{ ...ABOUT, kind: 'replay', selection: { by: 'all', ...WINDOW }, to: 'queue' }, 'Replays 37 messages of 31 cases worth $12,340.50 of Charges, to the one place where they failed.'],
    [{ ...ABOUT, kind: 'replay', selection: { by: 'all', ...WINDOW }, to: 'exchange' }, 'through the exchange again, to everybody who is bound there.'],
    [{ ...ABOUT, kind: 'reroute', alternate: 'second', only: { payer: 'aetna' }, reviewBy: '2026-11-27T18:00:00Z' }, 'Leads messages of payer aetna of Charges to second until '],
    [{ ...ABOUT, kind: 'reroute', alternate: 'second', reviewBy: '2026-11-27T18:00:00Z' }, 'Leads messages of payer aetna and payer cigna at facility north of Charges to Second clearinghouse until ', { enrolled: [{ payer: 'aetna' }, { payer: 'cigna', facility: 'north' }], alternateName: 'Second clearinghouse' }],
    [{ ...ABOUT, kind: 'reroute', alternate: 'second', reviewBy: '2026-11-27T18:00:00Z' }, '; everybody else stays held. 12 messages are held now; those of them that are eligible go along.', overHold(12, null)],
    [{ ...ABOUT, kind: 'reroute', alternate: 'second', reviewBy: '2026-11-27T18:00:00Z' }, '; everybody else stays held. 12 messages are held now, of which 3 messages of an unknown number of cases go along.', overHold(12, '3')],
    [{ ...ABOUT, kind: 'reroute', alternate: 'second', reviewBy: '2026-11-27T18:00:00Z' }, '; everybody else stays held. 1 message is held now and stays so.', overHold(1, '0')],
    [{ ...HOLD, kind: 'restore' }, 'Ends the reroute of Charges: messages go to their first target again.'],
    [{ ...HOLD, kind: 'restore' }, 'Ends the reroute of Charges: new messages are held with the others again.', overHold(3, null)],
  ])('%#: %j', (request, words, plan = {}) => {
    expect(headline(operationRequest.parse(request), planOf({ extent: EXTENT, ...plan }))).toContain(words);
  });

  it('says what waits where no extent is known, and that it is not known rather than nothing', () => {
    const request = operationRequest.parse({ ...ABOUT, kind: 'pause', method: 'park', reviewBy: '2026-11-27T18:00:00Z' });
    const unknown = { messages: null, cases: null, money: [], note: '' };
    expect(headline(request, planOf({ extent: unknown, act: { waiting: '1' } }))).toMatch(/1 message waits there now\.$/);
    expect(headline(request, planOf({ extent: unknown, act: { waiting: null } }))).toMatch(/not known\.$/);
    expect(headline(request, planOf({ act: { waiting: '0' } }))).toMatch(/Nothing waits there now\.$/);
  });
});

describe('extent', () => {
  it.each([
    [{ messages: '9007199254740993', cases: 1, money: [], note: '' }, '9,007,199,254,740,993 messages of 1 case'],
    [{ messages: '1', cases: null, money: [], note: '' }, '1 message of an unknown number of cases'],
    [{ messages: null, cases: 2, money: [{ amount: '1', currency: 'USD' }, { amount: '2', currency: 'EUR' }], note: '' }, 'an unknown number of messages of 2 cases worth $1.00 and €2.00'],
    [{ messages: '0', cases: 0, money: [], note: '' }, '0 messages'],
  ])('%j', (extent, words) => expect(extentWords(extent)).toBe(words));

  it('counts the names that do not fit', () => {
    expect(named(['a', 'b'])).toBe('a and b');
    expect(named(['a', 'b', 'c', 'd'], 3)).toBe('a, b, and 2 more');
  });
});

describe('what was chosen', () => {
  const asked = (over: object) => choiceSentences(operationRequest.parse({ ...ABOUT, kind: 'replay', to: 'queue', ...over }));

  it('names the conditions and the fixed window', () => {
    expect(asked({ selection: { by: 'filter', ...WINDOW, filter: { reason: 'ITEM_NOT_MAPPED', payer: 'aetna' } } })).toEqual([
      expect.stringMatching(/^Chosen: messages of reason ITEM_NOT_MAPPED and payer aetna that failed from 2\d Nov 2026.* until 2\d Nov 2026/),
    ]);
    expect(asked({ selection: { by: 'items', itemKeys: ['a', 'b'] } })).toEqual(['Chosen: 2 messages, one by one.']);
  });

  it('tells the second person what the first one vouches for', () => {
    expect(asked({ selection: { by: 'items', itemKeys: ['a'] }, attestation: 'CHG-4411', overrideUnknown: true }).slice(1)).toEqual([
      expect.stringContaining('CHG-4411'), expect.stringContaining('may already have arrived'),
    ]);
  });

  it('is said by the headline for the other levers', () => {
    expect(choiceSentences(operationRequest.parse({ ...HOLD, kind: 'restore' }))).toEqual([]);
  });
});

it('says whom it touches, and how many nobody can place', () => {
  expect(dimensionSentences(planOf({ dimensions: { facilities: ['mercy-north'], payers: ['aetna', 'cigna'], unknownFacility: 3, unknownPayer: 0 } }))).toEqual([
    '1 facility: mercy-north.', '2 payers: aetna and cigna.', 'The facility of 3 messages is not known.',
  ]);
});

it('says what may arrive twice, from the counted extent first', () => {
  expect(duplicateSentence(planOf())).toBeNull();
  expect(duplicateSentence(planOf({ act: { unsettled: '20' } }))).toContain('20 messages are taken and not settled');
  expect(duplicateSentence(planOf({ act: { unsettled: '20' }, possibleDuplicates: EXTENT }))).toContain('37 messages of 31 cases worth $12,340.50');
  expect(duplicateSentence(planOf({ act: { unsettled: '0' }, possibleDuplicates: { ...EXTENT, messages: '0' } }))).toBeNull();
});

it('leaves out promises that have no words', () => {
  const terms = guaranteeTerms(planOf({ act: { guarantee: { delivery: 'exactly-once', order: '', survivesRestart: 'It goes on.', inFlight: '' } } }));
  expect(terms.map(({ term }) => term)).toEqual(['Delivery', 'After a restart']);
});

it('counts what is left alone, and shortens hashes to what can be read aloud', () => {
  expect(notEligibleCount(planOf({ items: { count: 0, sha256: null, notEligible: [{ reason: 'a', instead: '', count: 3 }, { reason: 'b', instead: '', count: 4 }] } }))).toBe(7);
  expect(shortHash('3fa94c1e77aa')).toBe('3fa94c1e…');
});
