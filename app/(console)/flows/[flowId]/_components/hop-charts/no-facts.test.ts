import { expect, it } from 'vitest';
import type { HopBacklog } from '@/server/domain/health/flow-view';
import { noBacklog } from './no-facts';

const BACKLOG: HopBacklog = {
  waiting: null, inFlight: null, failed: null, held: null, consumers: null, oldestAgeMs: null, ageMethod: 'unknown', ageNote: '', enteredPerMinute: null, leftPerMinute: null,
  redeliveredPerMinute: null, drain: { kind: 'unknown', reason: '' }, deadLetters: null, sampledAt: null, problem: 'no data yet: connection refused',
};

it.each([
  ['an API', 'erp-api:route:POST /orders', null, 'Nothing waits in front of an API', /Calls are answered/],
  ['a channel that nobody taps', 'broker:queue:/:claims.work', null, 'Nobody looks at what waits here', /^Connect the source broker /],
  ['a tap that fails', 'broker:queue:/:claims.work', BACKLOG, 'No look at this channel told what waits in the last 6 hours', /^No data yet: connection refused\.$/],
  ['a tap that says nothing', 'broker:queue:/:claims.work', { ...BACKLOG, problem: null }, 'No look at this channel told what waits in the last 6 hours', /just begun/],
])('says why there is no backlog of %s', (_, channelId, backlog, title, advice) => {
  const told = noBacklog({ channelId, backlog }, '6h');
  expect(told.title).toBe(title);
  expect(told.advice).toMatch(advice);
});
