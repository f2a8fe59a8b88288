import { expect, it } from 'vitest';
import { subjectHref } from './subject-href';

it.each([
  ['operation:0190b0de-0000-7000-8000-000000000001', '/operations/0190b0de-0000-7000-8000-000000000001'],
  ['source:rabbit-main', '/settings/sources/rabbit-main'],
  ['contract:flow/orders', '/flows/orders'],
  ['contract:process/procure', null],
  ['user:ada@hospital.example', null],
  ['source:a/../b?x', '/settings/sources/a%2F..%2Fb%3Fx'],
  ['levers', null],
])('%s → %s', (subject, href) => {
  expect(subjectHref(subject)).toBe(href);
});
