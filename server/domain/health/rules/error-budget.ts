import type { FlowSlo } from '../flow-slo';
import { shareInWords } from '../words';

const FAILING_BURN = 10;
const DEGRADED_BURN = 2;
const FEWEST_ERRORS_TO_FAIL = 5;

/** What so many failures among so many mean against the error budget (1 − objective); null while they are within it. */
export function statusOfFailures(failed: number, all: number, slo: FlowSlo): 'failing' | 'degraded' | null {
  const rate = failed / all;
  const budget = 1 - slo.objective;
  if (exceeds(rate, FAILING_BURN * budget) && failed >= FEWEST_ERRORS_TO_FAIL) return 'failing';
  return exceeds(rate, DEGRADED_BURN * budget) ? 'degraded' : null;
}

/** What is allowed, and whose word that is. */
export function allowedInWords(slo: FlowSlo): string {
  return `${slo.objectiveFromContract ? 'the contract allows' : 'no objective in the contract, assumed'} ${shareInWords(1 - slo.objective)}`;
}

/** Budgets such as 1 − 0.99 are not exact in binary: a rate on the limit is not above it. */
function exceeds(rate: number, limit: number): boolean {
  return rate > limit + 1e-9;
}
