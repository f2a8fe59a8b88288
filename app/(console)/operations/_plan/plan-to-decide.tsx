import type { OperationView } from '@/server/services/operations/operation-view';
import { PlanDetails, PlanSummary } from './plan-view';

/** A plan before somebody who decides: what one must know, and all the rest to unfold. Nothing where there is no plan yet. */
export function PlanToDecide({ operation, unfolded = false }: { operation: OperationView; unfolded?: boolean }) {
  const { plan } = operation;
  if (plan === null) return null;
  return (
    <>
      <PlanSummary operation={operation} plan={plan} />
      <details open={unfolded}>
        <summary className="min-h-8 w-fit py-1.5 font-medium max-sm:min-h-11 max-sm:py-3">The whole plan</summary>
        <PlanDetails operation={operation} plan={plan} />
      </details>
    </>
  );
}
