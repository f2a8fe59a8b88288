import { describe, expect, it } from 'vitest';
import { fromLocalField, toLocalField } from './local-time';

describe('a field of local time', () => {
  it.each(['2026-11-27T14:00:00.000Z', '2026-03-08T07:30:00.000Z', '2024-02-29T23:59:00.000Z'])('gives back the minute it was given: %s', (instant) => {
    expect(fromLocalField(toLocalField(Date.parse(instant)))).toBe(instant);
  });

  it('keeps seconds where asked to', () => {
    const instant = '2026-11-27T14:00:31.000Z';
    expect(toLocalField(Date.parse(instant), true)).toMatch(/T\d\d:\d\d:31$/);
    expect(fromLocalField(toLocalField(Date.parse(instant), true))).toBe(instant);
  });

  it('hands on what names no instant, so that it is refused and not guessed', () => {
    expect(fromLocalField('')).toBe('');
    expect(fromLocalField('tomorrow')).toBe('tomorrow');
  });
});
