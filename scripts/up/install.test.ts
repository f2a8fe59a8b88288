import { expect, test } from 'vitest';
import { matches } from './install.mjs';

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/zod': { version: '4.6.7', integrity: 'sha512-a' },
    'node_modules/@chdb/lib-darwin-arm64': { version: '26.7.3', integrity: 'sha512-b', optional: true },
  },
};
const zod = { 'node_modules/zod': { version: '4.6.7', integrity: 'sha512-a' } };

test.each([
  ['all there, another platform’s package missing', zod, true],
  ['all there', { ...zod, 'node_modules/@chdb/lib-darwin-arm64': { version: '26.7.3', integrity: 'sha512-b' } }, true],
  ['nothing there', {}, false],
  ['an older version', { 'node_modules/zod': { version: '4.6.6', integrity: 'sha512-a' } }, false],
  ['other content under the same version', { 'node_modules/zod': { version: '4.6.7', integrity: 'sha512-z' } }, false],
  ['a package that the lock file no longer has', { ...zod, 'node_modules/left-pad': { version: '1.0.0' } }, false],
])('%s', (_, packages, expected) => {
  expect(matches(lock, { packages })).toBe(expected);
});
