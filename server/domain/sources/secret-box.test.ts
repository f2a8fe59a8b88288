import { describe, expect, it } from 'vitest';
import { createSecretBox, SecretUnreadable } from './secret-box';

const secret = { user: 'observer', password: 'päss:wörd' };
const box = createSecretBox(Buffer.alloc(32, 1));

describe('credentials at rest', () => {
  it('come back for the same purpose only', () => {
    const sealed = box.seal(secret, 'rabbit-main/observe');
    expect(box.open(sealed, 'rabbit-main/observe')).toEqual(secret);
    expect(() => box.open(sealed, 'rabbit-main/levers')).toThrow(SecretUnreadable);
  });

  it('show nothing of themselves and differ each time', () => {
    const sealed = box.seal(secret, 'a');
    expect(sealed).not.toContain('observer');
    expect(box.seal(secret, 'a')).not.toBe(sealed);
  });

  it.each(['', 's1', 's1:x', 's2:AAAA:AAAA', 's1:AAAAAAAAAAAAAAAA:AAAA'])('are refused when damaged: %j', (sealed) => {
    expect(() => box.open(sealed, 'a')).toThrow('Enter them again');
  });

  it('are refused under another key', () => {
    expect(() => createSecretBox(Buffer.alloc(32, 2)).open(box.seal(secret, 'a'), 'a')).toThrow(SecretUnreadable);
  });
});
