import { describe, expect, it } from 'vitest';
import { ITEMS, MOST_USED_ITEM } from './items';
import { DEPARTMENTS, FACILITIES, PAYERS, SUPPLIERS } from './places';
import { procedureAt } from './procedures';

const thousand = Array.from({ length: 1_000 }, (_, index) => procedureAt('seed', index));

describe('procedures', () => {
  it('are the same for the same seed and others for another', () => {
    expect(procedureAt('seed', 42)).toEqual(thousand[42]);
    expect(procedureAt('other', 42)).not.toEqual(thousand[42]);
  });

  it('always end in a claim', () => {
    for (const procedure of thousand) expect(procedure.lines.some((line) => line.chargeCents !== null)).toBe(true);
  });

  it('have claims of their own, which no other number is made from', () => {
    expect(new Set(thousand.map((procedure) => procedure.claim)).size).toBe(thousand.length);
    for (const { serial, claim } of thousand) expect(claim).not.toContain(serial);
  });

  it('touch every facility, department, payer and nearly every item', () => {
    expect(new Set(thousand.map((procedure) => procedure.facility)).size).toBe(FACILITIES.length);
    expect(new Set(thousand.map((procedure) => procedure.department)).size).toBe(DEPARTMENTS.length);
    expect(new Set(thousand.map((procedure) => procedure.payer)).size).toBe(PAYERS.length);
    expect(new Set(thousand.flatMap((procedure) => procedure.lines.map((line) => line.item.code))).size).toBeGreaterThan(50);
  });

  it('use the most used item in about a fifth of all lines, so that a mapping error on it shows', () => {
    const lines = thousand.flatMap((procedure) => procedure.lines);
    const share = lines.filter((line) => line.item === MOST_USED_ITEM).length / lines.length;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.25);
  });
});

describe('the network', () => {
  it('has unique codes and known suppliers', () => {
    expect(new Set(ITEMS.map((item) => item.code)).size).toBe(ITEMS.length);
    const suppliers = new Set(SUPPLIERS.map((supplier) => supplier.code));
    for (const item of ITEMS) expect(suppliers).toContain(item.supplier);
  });

  it('has at least the parties a scope verdict needs', () => {
    expect(FACILITIES.length).toBeGreaterThanOrEqual(6);
    expect(PAYERS.length).toBeGreaterThanOrEqual(5);
    expect(SUPPLIERS.length).toBeGreaterThanOrEqual(6);
    expect(ITEMS.length).toBeGreaterThanOrEqual(60);
  });
});
