'use client';

import { Breadcrumb } from '../../../../_ui/breadcrumb';
import { useReportRefresh } from '../../../../_ui/live/refresh';
import { FailureState } from '../../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../../_ui/states/forbidden-state';
import { Loading, Skeleton } from '../../../../_ui/states/skeleton';
import { usePermission } from '../../../_session/permission';
import { useOperation } from '../../_act/use-operation';
import { operationTitle } from '../../_words/operation-words';
import { OperationBody } from './operation-body';

/** One operation, live: what it is doing, how far it is, what became of each item, and what can be done now. */
export function OperationScreen({ operationId }: { operationId: string }) {
  const permitted = usePermission('operations:read');
  const operation = useOperation(operationId);
  useReportRefresh(operation.data?.asOf, operation.isFetching, operation.isError);
  if (permitted === false) return <ForbiddenState asPage what="operations" permission="operations:read" />;
  return (
    <div className="space-y-6 pt-3">
      <div className="px-4">
        <Breadcrumb
          trail={[
            { href: '/operations', name: 'Operations' },
            ...(operation.data === undefined ? [] : [{ href: `/flows/${encodeURIComponent(operation.data.flowId)}`, name: operation.data.flowName }]),
          ]}
          here={operation.data === undefined ? 'Operation' : operationTitle(operation.data)}
        />
      </div>
      {operation.data !== undefined ? (
        <OperationBody operation={operation.data} />
      ) : operation.isError ? (
        <div className="px-4">
          <FailureState error={operation.error} what="operation" onRetry={() => void operation.refetch()} />
        </div>
      ) : (
        <OperationSkeleton />
      )}
    </div>
  );
}

function OperationSkeleton() {
  return (
    <Loading what="the operation">
      <div className="space-y-6 px-4">
        <Skeleton className="h-7 w-96 max-w-full" />
        <Skeleton className="h-5 w-64" />
        <Skeleton className="h-10 w-full" />
        <Skeleton className="h-40 w-full" />
      </div>
    </Loading>
  );
}
