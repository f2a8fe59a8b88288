import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPEN_STATES, type OpenRow } from '../dialect';
import { OpenRows } from './open-rows';

const row = (key: string, state: OpenRow['state'] = 'pending', version = '1', shares = 1): OpenRow => ({ key, state, version, shares });

describe('rows that are not finished', () => {
  it('are explained by what changed and what was finished, or not at all', () => {
    const rows = new OpenRows(1);
    rows.apply({ changed: [row('a'), row('b'), row('c')], gone: [] }, 0, false);
    expect(rows.explain([row('d'), row('a', 'error', '2')], [{ key: 'b', shares: 1, createdMs: 0 }], 3n)).toEqual({ changed: [row('d'), row('a', 'error', '2')], gone: ['b'] });
    expect(rows.explain([row('d')], [], 3n)).toBeNull();
  });

  it('cannot be followed when a key occurs twice', () => {
    expect(new OpenRows(1).compare([row('a'), row('a')])).toBeNull();
  });

  it('are the same by changes as by reading all, and totals always balance', () => {
    const state = fc.constantFrom(...OPEN_STATES, 'done' as const, 'absent' as const);
    fc.assert(fc.property(fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), state), { maxLength: 12 }), (looks) => {
      const [byChanges, byReading] = [new OpenRows(1), new OpenRows(1)];
      const table = new Map<string, { state: string; version: string }>();
      const failed = new Map<string, string>();
      looks.forEach((writes, look) => {
        const before = new Map(table);
        for (const [key, value] of Object.entries(writes)) table.set(key, { state: value, version: String(look) });
        const open = [...table].filter(([, { state: now }]) => now !== 'done' && now !== 'absent').map(([key, { state: now, version }]) => row(key, now as OpenRow['state'], version));
        const changed = open.filter(({ key }) => Object.hasOwn(writes, key));
        const finished = Object.keys(writes).filter((key) => table.get(key)?.state === 'done').map((key) => ({ key, shares: 1, createdMs: look }));
        const changes = byChanges.explain(changed, finished, BigInt(open.length)) ?? byChanges.compare(open)!;
        const { failed: nowFailed, resolved } = byChanges.apply(changes, look, true);
        byReading.apply(byReading.compare(open)!, look, true);
        for (const key of nowFailed) failed.set(key, 'failed');
        for (const key of resolved) failed.set(key, 'resolved');
        expect(byChanges.totals).toEqual(byReading.totals);
        expect(byChanges.totals[0]!.entered - byChanges.totals[0]!.left).toBe(BigInt(open.length));
        for (const [key, { state: now }] of table) expect(failed.get(key) === 'failed').toBe(now === 'error');
        expect(before.size).toBeLessThanOrEqual(table.size);
      });
    }));
  });
});
