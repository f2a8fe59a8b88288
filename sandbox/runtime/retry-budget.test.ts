import { describe, expect, it } from 'vitest';
import { createRetryBudget } from './retry-budget';

const total = (takes: number, take: () => number) => Array.from({ length: takes }, take).reduce((sum, n) => sum + n, 0);

describe('retry budget', () => {
  it('tries one failed message every other poll at first', () => {
    expect(total(10, createRetryBudget().take)).toBe(5);
  });

  it('grows with success up to a limit and falls back with the first failure', () => {
    const budget = createRetryBudget();
    for (let success = 0; success < 50; success += 1) budget.succeeded();
    expect(total(10, budget.take)).toBe(160);
    budget.failed();
    expect(total(10, budget.take)).toBeLessThanOrEqual(6);
  });
});
