import { randomAt } from './random';

/**
 * How long business takes in real life, in minutes from and to. Distributors of this network deliver by van within
 * hours and its payers adjudicate in real time, so that goods and money come back while somebody watches.
 */
export const BUSINESS_MINUTES = {
  orderAcknowledged: [8, 20],
  shipped: [15, 30],
  received: [15, 35],
  claimAcknowledged: [5, 15],
  claimAccepted: [15, 30],
  remitted: [30, 60],
} as const;

/**
 * Compressed wall-clock milliseconds until a business step of a case.
 * @param factor real-life time divided by sandbox time
 */
export function untilMs(step: keyof typeof BUSINESS_MINUTES, seed: string, caseKey: string, factor: number): number {
  const [low, high] = BUSINESS_MINUTES[step];
  const minutes = low + randomAt(seed, step, caseKey).next() * (high - low);
  return Math.round((minutes * 60_000) / factor);
}
