import { describe, expect, it } from 'vitest';
import { judgeAnswer, needsBody, type HttpAnswer, type HttpProbe } from './judge-answer';
import { withoutProbe, type Check } from './verdict';

const LOOKUP: HttpProbe = { http: 'GET erp-api:/x', absentWhen: [404] };
const CAREFUL: HttpProbe = { ...LOOKUP, absentSays: { '/code': 'ISSUE_NOT_FOUND' } };
const PERIOD: HttpProbe = { http: 'GET erp-api:/x', openWhen: { '/status': 'open' } };
const judge = (check: Check, probe: HttpProbe, answer: HttpAnswer) => judgeAnswer(check, 'erp-api', probe, answer);
const status = (code: number): HttpAnswer => ({ status: code, body: undefined });
const says = (code: number, json: unknown): HttpAnswer => ({ status: code, body: { json } });

describe('a lookup of the message', () => {
  it.each([
    [404, true, 'erp-api answered 404: the target does not have it (target-absence-proven).'],
    [200, false, 'erp-api answered 200: the target already has it (target-absence-proven).'],
    [204, false, 'erp-api answered 204: the target already has it (target-absence-proven).'],
    [410, false, 'erp-api answered 410, which is no answer to the question, so target-absence-proven is not proven.'],
    [400, false, 'erp-api answered 400, which is no answer to the question, so target-absence-proven is not proven.'],
    [401, false, 'erp-api answered 401, which is no answer to the question, so target-absence-proven is not proven.'],
    [503, false, 'erp-api answered 503, which is no answer to the question, so target-absence-proven is not proven.'],
    [0, false, 'erp-api answered 0, which is no answer to the question, so target-absence-proven is not proven.'],
    [302, false, 'erp-api answered 302, which sends us elsewhere, and probes do not follow, so target-absence-proven is not proven.'],
    [304, false, 'erp-api answered 304, which sends us elsewhere, and probes do not follow, so target-absence-proven is not proven.'],
  ])('that is answered with %i', (code, holds, evidence) => {
    expect(judge('target-absence-proven', LOOKUP, status(code))).toEqual({ holds, evidence });
  });

  it('takes exactly the statuses that the contract names', () => {
    const several: HttpProbe = { ...LOOKUP, absentWhen: [404, 410] };
    expect([404, 410, 405, 411].map((code) => judge('target-absence-proven', several, status(code)).holds)).toEqual([true, true, false, false]);
    expect(judge('target-absence-proven', { ...LOOKUP, absentWhen: [302] }, status(302)).holds).toBe(false);
  });

  it('of a careful contract does not believe a 404 that is not about the message', () => {
    expect(judge('target-absence-proven', CAREFUL, says(404, { code: 'ISSUE_NOT_FOUND' })).holds).toBe(true);
    expect(judge('target-absence-proven', CAREFUL, says(404, { code: 'NO_SUCH_ROUTE' }))).toEqual({ holds: false, evidence: 'erp-api answered 404, but not with what the contract expects of an answer about the message itself (/code), so target-absence-proven is not proven.' });
    expect(judge('target-absence-proven', CAREFUL, { status: 404, body: { problem: 'with something other than JSON' } }).evidence).toBe('erp-api answered 404, but with something other than JSON, so target-absence-proven is not proven.');
    expect(judge('target-absence-proven', CAREFUL, status(404)).holds).toBe(false);
    expect([404, 200, 500].map((code) => needsBody(CAREFUL, code))).toEqual([true, false, false]);
  });
});

describe('a question about a state', () => {
  it.each([
    [says(200, { status: 'open' }), true, 'erp-api answered 200: the period is open (period-open).'],
    [says(200, { status: 'closed' }), false, 'erp-api answered 200, but not with what the contract expects (/status): the period is not open (period-open).'],
    [says(200, { status: 'OPEN' }), false, 'erp-api answered 200, but not with what the contract expects (/status): the period is not open (period-open).'],
    [says(200, {}), false, 'erp-api answered 200, but it says nothing at /status, so period-open is not proven.'],
    [says(200, { status: null }), false, 'erp-api answered 200, but it says nothing at /status, so period-open is not proven.'],
    [says(200, { status: ['open'] }), false, 'erp-api answered 200, but it says nothing at /status, so period-open is not proven.'],
    [says(200, 'open'), false, 'erp-api answered 200, but it says nothing at /status, so period-open is not proven.'],
    [{ status: 200, body: { problem: 'with more than 64 KiB' } }, false, 'erp-api answered 200, but with more than 64 KiB, so period-open is not proven.'],
    [status(404), false, 'erp-api answered 404, which is no answer to the question, so period-open is not proven.'],
    [says(500, { status: 'open' }), false, 'erp-api answered 500, which is no answer to the question, so period-open is not proven.'],
  ] as [HttpAnswer, boolean, string][])('that is answered with %j', (answer, holds, evidence) => {
    expect(judge('period-open', PERIOD, answer)).toEqual({ holds, evidence });
  });

  it('compares whatever is no text by its text, at any depth, and all of it', () => {
    const probe: HttpProbe = { http: 'GET x:/a', openWhen: { '/account/voided': 'false', '/lines/0/n~1a~0b': '3' } };
    expect(judge('not-voided', probe, says(200, { account: { voided: false }, lines: [{ 'n/a~b': 3 }] })).holds).toBe(true);
    expect(judge('not-voided', probe, says(200, { account: { voided: true }, lines: [{ 'n/a~b': 3 }] })).holds).toBe(false);
    expect(judge('not-voided', probe, says(200, { account: { voided: false } })).holds).toBe(false);
  });

  it('may also hold where there is nothing to be in a state', () => {
    const probe: HttpProbe = { http: 'GET x:/a', absentWhen: [404], openWhen: { '/voided': 'false' } };
    expect([status(404), says(200, { voided: false }), says(200, { voided: true })].map((answer) => judge('not-voided', probe, answer).holds)).toEqual([true, true, false]);
  });
});

it('does not hold where the contract does not say what would', () => {
  expect(judge('not-voided', { http: 'GET x:/a' }, status(200))).toEqual({ holds: false, evidence: 'The probe says neither absentWhen nor openWhen, so not-voided is not proven.' });
  expect(judge('not-voided', { http: 'GET x:/a', openWhen: {} }, says(200, {})).holds).toBe(false);
});

it.each(['target-absence-proven', 'ack-rejected', 'control-number-reissued', 'amount-hash-unchanged', 'within-filing-window', 'period-open', 'not-voided', 'dry-run-clean'] as const)('says what to do about %s without a probe', (check) => {
  const { holds, evidence } = withoutProbe(check);
  expect(holds).toBe(false);
  expect(evidence).toMatch(new RegExp(`^The contract demands ${check} and names no probe for it\\. .*\\.$`));
});
