import Link from 'next/link';
import type { OperationView } from '@/server/services/operations/operation-view';
import { formatAge } from '../../../../_ui/format/duration';
import { countOf, formatRate, NOT_KNOWN } from '../../../../_ui/format/number';
import { Notice } from '../../../../_ui/states/notice';
import { releaseOutlook } from '../../_words/progress-figures';
import { Figure } from './figure';

/** What is left of a release, what comes in behind it, and when it is over. */
export function ReleaseEnd({ progress }: { progress: OperationView['progress'] }) {
  const outlook = releaseOutlook(progress);
  return (
    <>
      <Figure term="Left">{countOf(progress.left ?? 0, 'message')}</Figure>
      <Figure term="Coming in">{progress.incomingPerSecond === undefined ? NOT_KNOWN : `${formatRate(Number(progress.incomingPerSecond))} per second`}</Figure>
      <Figure term="Over in">{outlook === null ? NOT_KNOWN : outlook.ends === 'in' ? `about ${formatAge(outlook.ms)}` : 'never at this rate'}</Figure>
    </>
  );
}

/** More comes in than goes: what that means, and what to do. */
export function NeverEnds({ operation: { progress, flowId } }: { operation: OperationView }) {
  const outlook = releaseOutlook(progress);
  if (outlook?.ends !== 'never') return null;
  const [goes, comes] = [formatRate(outlook.perSecond), formatRate(outlook.incomingPerSecond)];
  return (
    <div className="space-y-1">
      <Notice severity="warning" text={`Never at this rate: ${goes} per second go, and ${comes} per second come in behind them. Stop it, and release again at more than ${comes} per second, or without a rate. What has not gone stays held.`} />
      <p>
        <Link href={`/flows/${flowId}`} className="figure-link text-accent">
          To the flow, to release it again
        </Link>
      </p>
    </div>
  );
}
