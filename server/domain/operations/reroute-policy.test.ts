import { describe, expect, it } from 'vitest';
import { flowSchema } from '../contracts/flow-schema';
import { enrolmentSentences, endSentence, rerouteLocks } from './reroute-policy';
import { operationRequest, type RequestOf } from './request';

const NOW = new Date('2026-11-27T12:00:00Z');

function flow(alternate: object, reroute: object = {}) {
  return flowSchema.parse({
    apiVersion: 'signalbox/v1', kind: 'Flow', metadata: { id: 'claims' },
    spec: {
      path: [{ id: 'out', channel: { source: 'broker', kind: 'queue', name: 'work' } }],
      reroute: { allowed: true, alternates: [{ id: 'b', name: 'Second clearinghouse', channel: { source: 'broker', kind: 'queue', name: 'work.b' }, ...alternate }], ...reroute },
    },
  });
}
const request = (told: object = {}) => operationRequest.parse({ kind: 'reroute', id: '0190a5d6-0000-7000-8000-000000000001', flowId: 'claims', hopId: 'out', alternate: 'b', reviewBy: '2026-11-28T12:00:00Z', ...told }) as RequestOf<'reroute'>;
const AETNA = { enrolments: [{ payer: 'aetna', from: '2026-01-01' }, { payer: 'cigna', facility: 'north', from: '2026-01-01', until: '2026-11-27' }] };

describe('what enrolment locks', () => {
  it.each<[string, object, object, string | null]>([
    ['everybody may go where nobody is listed', {}, {}, null],
    ['the alternate takes nothing yet', { enrolled: { from: '2026-11-28' } }, {}, 'Nobody is enrolled at Second clearinghouse now: it takes messages from 2026-11-28.'],
    ['the alternate stops before the reroute does', { enrolled: { from: '2026-01-01', until: '2026-11-27' } }, {}, 'The enrolment at Second clearinghouse ends on 2026-11-27, before the reroute does. Choose an earlier end.'],
    ['no entry is in force', { enrolments: [{ payer: 'aetna', from: '2027-01-01' }] }, {}, 'Nobody is enrolled at Second clearinghouse now: no entry of its enrolments is in force.'],
    ['a payer who is not enrolled', AETNA, { only: { payer: 'humana' } }, 'Messages of payer humana are not eligible at Second clearinghouse: enrolled there is payer aetna since 2026-01-01; payer cigna at facility north since 2026-01-01 until 2026-11-27. They stay where they are.'],
    ['a payer who is enrolled for one facility only', AETNA, { only: { payer: 'cigna' } }, 'Messages of payer cigna are not eligible at Second clearinghouse'],
    ['a payer who is enrolled', AETNA, { only: { payer: 'aetna', facility: 'south' } }, null],
    ['the whole flow: only those who are enrolled go', AETNA, {}, null],
  ])('%s', (_, alternate, asked, sentence) => {
    const locks = rerouteLocks(flow(alternate), request(asked), NOW);
    if (sentence === null) expect(locks).toEqual([]);
    else expect(locks).toEqual([{ code: 'not-enrolled', sentence: expect.stringContaining(sentence) as string }]);
  });
});

it('says who stays with the primary, and whose enrolment ends too early', () => {
  expect(enrolmentSentences(flow(AETNA), request(), NOW, false)).toEqual({
    willNot: ['Messages of anybody but payer aetna, payer cigna at facility north stay with the primary: nobody else is enrolled at Second clearinghouse. To keep them back, pause the flow first, then reroute: the reroute lies over the hold then.'],
    warnings: ['The enrolment of payer cigna at facility north at Second clearinghouse ends on 2026-11-27, before the reroute does.'],
  });
  expect(enrolmentSentences(flow(AETNA), request(), NOW, true).willNot).toEqual(['Messages of anybody but payer aetna, payer cigna at facility north stay held: nobody else is enrolled at Second clearinghouse.']);
  for (const over of [true, false]) expect(enrolmentSentences(flow({}), request(), NOW, over)).toEqual({ willNot: [], warnings: [] });
});

it('says how it ends', () => {
  const probed = flow({}, { primaryProbe: { consumers: 1 } });
  expect(endSentence(flow({}), '2026-11-28T12:00:00Z', false)).toMatch(/nothing ends by itself/);
  expect(endSentence(probed, '2026-11-28T12:00:00Z', false)).toMatch(/^At 2026-11-28 12:00 UTC the primary is probed.*the primary is restored;/);
  expect(endSentence(probed, '2026-11-28T12:00:00Z', true)).toMatch(/new messages are held with the others until the hold is released;/);
});
