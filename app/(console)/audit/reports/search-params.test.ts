import { expect, it } from 'vitest';
import { reportTimes } from './search-params';

const now = Date.parse('2026-03-31T12:00:00.000Z');

it('asks for now and the thirty days before it where nothing is given', () => {
  expect(reportTimes({ at: null, from: null, until: 'no instant' }, now)).toEqual({ at: '2026-03-31T12:00:00.000Z', from: '2026-03-01T12:00:00.000Z', until: '2026-03-31T12:00:00.000Z' });
});

it('keeps what is given', () => {
  expect(reportTimes({ at: '2026-01-01T00:00:00Z', from: null, until: '2026-02-01T00:00:00Z' }, now)).toEqual({ at: '2026-01-01T00:00:00.000Z', from: '2026-01-02T00:00:00.000Z', until: '2026-02-01T00:00:00.000Z' });
});
