const SMALLEST = 0.5;
const LARGEST = 16;

/**
 * How many failed messages may be tried again per poll: few while they keep failing, so that a long fault does not
 * turn into a storm, and quickly more once they succeed, so that what waited drains.
 */
export interface RetryBudget {
  take(): number;
  succeeded(): void;
  failed(): void;
}

export function createRetryBudget(): RetryBudget {
  let perPoll = SMALLEST;
  let saved = 0;
  return {
    take() {
      saved = Math.min(saved + perPoll, Math.max(1, perPoll));
      const whole = Math.floor(saved);
      saved -= whole;
      return whole;
    },
    succeeded: () => void (perPoll = Math.min(LARGEST, perPoll * 1.5)),
    failed: () => void (perPoll = SMALLEST),
  };
}
