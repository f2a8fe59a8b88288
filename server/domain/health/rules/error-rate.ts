import { fiveMinutes, MINUTE_MS, sumOf } from '../minutes';
import { durationInWords, shareInWords } from '../words';
import type { Finding, RuleInput } from './finding';

const FAILING_BURN = 10;
const DEGRADED_BURN = 2;
const FEWEST_ERRORS_TO_FAIL = 5;
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
  const budget = 1 - slo.objective;
  const status = exceeds(rate, FAILING_BURN * budget) && failed >= FEWEST_ERRORS_TO_FAIL ? 'failing' : exceeds(rate, DEGRADED_BURN * budget) ? 'degraded' : null;
  if (status === null) return null;
  const measured = `${shareInWords(rate)} of attempts failed in 5 min (${failed} of ${attempts})${mostlyBecause(input, failed)}`;
  const allowed = `${slo.objectiveFromContract ? 'the contract allows' : 'no objective in the contract, assumed'} ${shareInWords(budget)}`;
  const quietMs = quietSince(input, failed);
  return quietMs === null
    ? { rule: 'error-rate', status, phase: 'active', text: `${measured}; ${allowed}` }
    : { rule: 'error-rate', status, phase: 'recovering', text: `no failed attempt for ${durationInWords(quietMs)}; ${measured}` };
}

/** Budgets such as 1 − 0.99 are not exact in binary: a rate on the limit is not above it. */
function exceeds(rate: number, limit: number): boolean {
  return rate > limit + 1e-9;
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

function mostlyBecause({ hop }: RuleInput, failed: number): string {
  const [top] = hop.failures.filter(({ dimension }) => dimension === 'reason').toSorted((a, b) => b.failedAttempts - a.failedAttempts);
  if (!top || top.failedAttempts * 2 < failed) return '';
  return top.failedAttempts >= failed ? `, all ${top.name}` : `, mostly ${top.name}`;
}
