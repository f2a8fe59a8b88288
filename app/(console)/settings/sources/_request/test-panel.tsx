import { PlugZap } from 'lucide-react';
import { FailureState } from '../../../../_ui/states/failure-state';
import { Notice } from '../../../../_ui/states/notice';
import { DescriptionView } from './description-view';
import { RequestProgress } from './request-progress';
import { isOpen, useSourceRequest } from './use-source-request';

interface Props {
  requestId: string | null;
  isAsking: boolean;
  /** Why no test could be asked for; null when none was refused. */
  problem: string | null;
  onTest: () => void;
  /** What the result no longer speaks of, in a sentence. */
  outdated?: string;
}

/** The button that tests a connection, how far the test is, and what it found. */
export function TestPanel({ requestId, isAsking, problem, onTest, outdated }: Props) {
  const request = useSourceRequest(requestId);
  const isRunning = isAsking || (request.data !== undefined && isOpen(request.data));
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <button type="button" className="button" disabled={isRunning} onClick={onTest}>
          <PlugZap size={14} aria-hidden />
          Test connection
        </button>
        {request.data !== undefined && request.data.state !== 'failed' && <RequestProgress request={request.data} />}
      </div>
      {problem !== null && <Notice severity="error" text={problem} />}
      {request.data?.state === 'failed' && <RequestProgress request={request.data} />}
      {request.data === undefined && request.isError && <FailureState error={request.error} what="test" onRetry={() => void request.refetch()} />}
      {outdated !== undefined && request.data?.state === 'done' && <Notice severity="warning" text={outdated} />}
      {request.data?.description != null && <DescriptionView description={request.data.description} />}
    </div>
  );
}
