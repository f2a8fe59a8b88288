import { describe, expect, it } from 'vitest';
import { FAULT_CATALOGUE, FAULTS, isFaultName, targetOf } from './catalogue';

describe('faults', () => {
  it.each(FAULTS)('%s says what it does and has a default', (name) => {
    const { effect, targets } = FAULT_CATALOGUE[name];
    expect(effect).toMatch(/\.$/);
    expect(targetOf(name, undefined)).toBe(targets[0]?.value ?? null);
  });

  it('aims at a known target and refuses others with the possible ones', () => {
    expect(targetOf('slow-payer', '60410')).toBe('60410');
    expect(() => targetOf('slow-payer', 'nobody')).toThrow('possible: 00435, 60410');
    expect(() => targetOf('erp-errors', 'MH110')).toThrow('takes no target');
  });

  it('recognises its names', () => {
    expect(isFaultName('erp-errors')).toBe(true);
    expect(isFaultName('toString')).toBe(false);
  });
});
