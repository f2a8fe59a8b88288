import type { OperationView } from '@/server/services/operations/operation-view';
import type { OperationPlan } from '@/server/domain/operations/plan';
import { Fact, FactGrid } from '../../../_ui/fact-grid';
import { formatAge } from '../../../_ui/format/duration';
import { formatCount, NOT_KNOWN } from '../../../_ui/format/number';
import { CountdownTo } from '../../../_ui/live/countdown';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { knownCases, moneyOf } from '../_words/extent-words';
import { choiceSentences, dimensionSentences, duplicateSentence, guaranteeTerms, headline, shortHash } from '../_words/plan-sentences';
import { EditValues } from './edit-values';
import { LockList } from './lock-list';
import { NotEligible } from './not-eligible';
import { PlanPart, Sentences } from './plan-part';
import { PlanParts } from './plan-parts';
import { WarningList } from './warning-list';

/** A plan as sentences: what it does to how much, for whom, with which promise, and what it leaves alone. */
export function PlanView({ operation, plan }: PlanProps) {
  return (
    <div className="space-y-4">
      <PlanSummary operation={operation} plan={plan} />
      <PlanDetails operation={operation} plan={plan} />
    </div>
  );
}

interface PlanProps {
  operation: OperationView;
  plan: OperationPlan;
}

/** What one must know of a plan before anything else: how much, what locks it, what to be careful about. */
export function PlanSummary({ operation, plan }: PlanProps) {
  const duplicates = duplicateSentence(plan);
  return (
    <div className="space-y-4">
      <div>
        <p className="text-base font-medium text-pretty">{headline(operation.request, plan)}</p>
        {choiceSentences(operation.request).map((sentence) => (
          <p key={sentence} className="break-words">
            {sentence}
          </p>
        ))}
      </div>
      <EditValues operation={operation} />
      <LockList locks={operation.locks} />
      {operation.request.kind !== 'restore' && <Extent plan={plan} />}
      <PlanParts plan={plan} />
      <WarningList warnings={[...(duplicates === null ? [] : [duplicates]), ...plan.act.warnings]} />
      <NotEligible plan={plan} />
    </div>
  );
}

/** Everything else that a plan says. */
export function PlanDetails({ operation, plan }: PlanProps) {
  const { act } = plan;
  return (
    <div className="space-y-4">
      <PlanPart title="What will happen">
        <Sentences ordered of={act.steps} />
      </PlanPart>
      <PlanPart title="What will not happen">
        <Sentences of={act.willNot} />
      </PlanPart>
      {act.undo !== '' && (
        <PlanPart title="How to undo it">
          <p className="break-words">{act.undo}</p>
        </PlanPart>
      )}
      <PlanPart title="Who receives it">
        <Sentences of={act.receivers} />
      </PlanPart>
      <PlanPart title="Whom it touches">
        <Sentences of={dimensionSentences(plan)} />
      </PlanPart>
      <PlanPart title="What is promised">
        <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[auto_1fr]">
          {guaranteeTerms(plan).map(({ term, sentence }) => (
            <div key={term} className="contents">
              <dt className="text-muted">{term}</dt>
              <dd className="max-sm:mb-1">{sentence}</dd>
            </div>
          ))}
        </dl>
      </PlanPart>
      {plan.holdBudget !== null && (
        <PlanPart title="How long it can be held">
          <Sentences of={plan.holdBudget.limits.length === 0 ? ['Nothing that Signalbox knows of sets a limit.'] : plan.holdBudget.limits.map(({ sentence }) => sentence)} />
        </PlanPart>
      )}
      {act.canary !== null && (
        <PlanPart title="Canary through this hold">
          <p>{act.canary.possible ? act.canary.sentence : `Not possible: ${act.canary.sentence}`}</p>
        </PlanPart>
      )}
      {plan.approval.because.length > 0 && (
        <PlanPart title={plan.approval.needed === 'four-eyes' ? 'Why a second person must approve' : 'About the approval'}>
          <Sentences of={plan.approval.because} />
        </PlanPart>
      )}
      <p className="text-xs text-muted">
        Plan{' '}
        {operation.planHash !== null && (
          <code className="text-ink" title={operation.planHash}>
            {shortHash(operation.planHash)}
          </code>
        )}
        , made <RelativeTime instant={plan.madeAt} />, by contract {plan.contractVersion}
      </p>
    </div>
  );
}

function Extent({ plan }: { plan: OperationPlan }) {
  const { extent, act, holdBudget } = plan;
  return (
    <>
      <div className="tabular-nums">
        <FactGrid>
          <Fact term="Messages">{formatCount(extent.messages)}</Fact>
          <Fact term="Cases">{formatCount(knownCases(extent))}</Fact>
          <Fact term="Money">{extent.money.length === 0 ? NOT_KNOWN : moneyOf(extent.money)}</Fact>
          <Fact term="Takes about">{act.estimatedSeconds === null ? NOT_KNOWN : formatAge(act.estimatedSeconds * 1000)}</Fact>
          {holdBudget !== null && (
            <Fact term="Earliest harm">
              {holdBudget.earliest?.at == null ? (
                'none known'
              ) : (
                <>
                  <CountdownTo at={holdBudget.earliest.at} />
                  <span className="block text-muted">{holdBudget.earliest.what}</span>
                </>
              )}
            </Fact>
          )}
        </FactGrid>
      </div>
      {extent.note !== '' && <p className="text-muted">{extent.note}</p>}
    </>
  );
}
