import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { exactPattern, shellQuoted } from './shell-text';

describe('shellQuoted', () => {
  it.each([['claims.work'], [`it's`], [`'; echo owned; '`], ['$(id) `id` "x" \\'], ['']])('hands %j to a program as it is', (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellQuoted(text)}`], { encoding: 'utf8' })).toBe(text);
  });
});

describe('exactPattern', () => {
  it.each([['claims.work'], ['a|.*'], ['x[0]{1}(^$)\\+?']])('fits %j and nothing else', (name) => {
    const pattern = new RegExp(`^${exactPattern(name)}$`);
    expect([name, 'other', `${name}x`].map((tried) => pattern.test(tried))).toEqual([true, false, false]);
  });
});
