import { describe, expect, it } from 'vitest';
import type { RetryBudget } from './retry-budget';
import { createRetryBudget } from './retry-budget';

const total = (takes: number, budget: RetryBudget) => Array.from({ length: takes }, () => budget.take()).reduce((sum, n) => sum + n, 0);

describe('retry budget', () => {
  it('tries one failed message every other poll at first', () => {
    expect(total(10, createRetryBudget())).toBe(5);
  });

  it('grows with success up to a limit and falls back with the first failure', () => {
    const budget = createRetryBudget();
    for (let success = 0; success < 50; success += 1) budget.succeeded();
    expect(total(10, budget)).toBe(160);
    budget.failed();
    expect(total(10, budget)).toBeLessThanOrEqual(6);
  });
});
