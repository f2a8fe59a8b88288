import { describe, expect, it } from 'vitest';
import { returnPath } from './return-path';

describe('returnPath', () => {
  it.each([
    [undefined, '/'],
    ['/', '/'],
    ['/flows/po-to-erp?status=failing', '/flows/po-to-erp?status=failing'],
    ['https://elsewhere.example/', '/'],
    ['//elsewhere.example/', '/'],
    ['/\\elsewhere.example/', '/'],
    ['/\t/elsewhere.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/sign-in?callbackUrl=/', '/'],
    [['/a', '/b'], '/'],
  ])('%o → %s', (requested, path) => expect(returnPath(requested)).toBe(path));
});
