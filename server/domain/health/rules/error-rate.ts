import { fiveMinutes, MINUTE_MS, sumOf } from '../minutes';
import { durationInWords, shareInWords } from '../words';
import { allowedInWords, statusOfFailures } from './error-budget';
import type { Finding, RuleInput } from './finding';
import { mostlyBecause } from './mostly-because';

/** Shortest and longest quiet after which errors count as over: short enough to say so within a minute. */
const SHORTEST_QUIET_MS = 30_000;
const LONGEST_QUIET_MS = 50_000;

/** Share of failed attempts in five minutes against the error budget (1 − objective). */
export function errorRate(input: RuleInput): Finding | null {
  const { hop, slo, now } = input;
  const minutes = fiveMinutes(hop.minutes, now);
  const failed = sumOf(minutes, 'failedAttempts');
  const attempts = failed + sumOf(minutes, 'leaves');
  if (failed === 0) return null;
  const rate = failed / attempts;
  const status = statusOfFailures(failed, attempts, slo);
  if (status === null) return null;
  const reasons = hop.failures.filter(({ dimension }) => dimension === 'reason').map(({ name, failedAttempts }) => ({ name, count: failedAttempts }));
  const measured = `${shareInWords(rate)} of attempts failed in 5 min (${failed} of ${attempts})${mostlyBecause(reasons, failed)}`;
  const quietMs = quietSince(input, failed);
  return quietMs === null
    ? { rule: 'error-rate', status, phase: 'active', text: `${measured}; ${allowedInWords(slo)}` }
    : { rule: 'error-rate', status, phase: 'recovering', text: `no failed attempt for ${durationInWords(quietMs)}; ${measured}` };
}

/**
 * How long there has been no failure, if that is long enough to say that it is over: three times the gap between the
 * failures before, so that the pause between two failures of one facility among six is not taken for the end.
 */
function quietSince({ hop, now }: RuleInput, failed: number): number | null {
  const lastFailureAt = hop.inFlight?.lastFailureAt ?? null;
  if (lastFailureAt === null || hop.lastLeaveAt === null || hop.lastLeaveAt <= lastFailureAt) return null;
  const failingMinutes = fiveMinutes(hop.minutes, now).filter(({ failedAttempts }) => failedAttempts > 0).length;
  const usualGap = (failingMinutes * MINUTE_MS) / failed;
  const needed = Math.min(LONGEST_QUIET_MS, Math.max(SHORTEST_QUIET_MS, 3 * usualGap));
  const quiet = now - lastFailureAt;
  return quiet >= needed ? quiet : null;
}
