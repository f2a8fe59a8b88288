'use client';

import { useRouter } from 'next/navigation';
import type { OperationView } from '@/server/services/operations/operation-view';
import { Notice } from '../../../../_ui/states/notice';
import { Section } from '../../../../_ui/section';
import { ConfirmForm } from '../../_act/confirm-form';
import { Planning } from '../../_act/planning';
import { useAskAgain } from '../../_act/use-ask-again';
import { PlanView } from '../../_plan/plan-view';

/** A plan that nobody confirmed yet: read it here and go on, as in the sheet that it came from. */
export function Undecided({ operation }: { operation: OperationView }) {
  const router = useRouter();
  const again = useAskAgain(operation, (id) => router.push(`/operations/${id}`));
  const { plan, planHash, may } = operation;
  if (plan === null || planHash === null) {
    return (
      <div className="max-w-3xl px-4">
        <Planning operation={operation} />
      </div>
    );
  }
  return (
    <>
      <Section title="The plan" note="Nothing has been done yet">
        <div className="max-w-3xl px-4">
          <PlanView operation={operation} plan={plan} />
        </div>
      </Section>
      {may.confirm.allowed || operation.locks.length > 0 ? (
        <Section title="Confirm">
          <div className="max-w-3xl px-4">
            <ConfirmForm operation={operation} plan={plan} planHash={planHash} onConfirmed={() => undefined} onNewPlan={again.ask} />
            {again.problem !== null && <Notice severity="error" text={again.problem} />}
          </div>
        </Section>
      ) : (
        <p className="px-4 text-muted">{may.confirm.because}</p>
      )}
    </>
  );
}
