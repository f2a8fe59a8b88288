'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../_api/trpc';
import { useRefreshInterval, useReportRefresh } from '../../../_ui/live/refresh';
import { Section } from '../../../_ui/section';
import { FailureState } from '../../../_ui/states/failure-state';
import { RefreshingBar } from '../../../_ui/states/refreshing-bar';
import { TableSkeleton } from '../../../_ui/states/table-skeleton';
import { usePermission } from '../../_session/permission';
import { ContractProblems } from '../health/contract-problems';
import { DocumentTable } from './document-table';

/** Contracts that were activated in the product, and what is wrong with those of the contract folder. */
export function ContractsScreen() {
  const trpc = useTRPC();
  const mayManage = usePermission('contracts:manage') === true;
  const maySeeProblems = usePermission('system:read') === true;
  const refetchInterval = useRefreshInterval();
  const documents = useQuery({ ...trpc.contracts.documents.list.queryOptions(), refetchInterval });
  const health = useQuery({ ...trpc.system.health.queryOptions(), enabled: maySeeProblems, refetchInterval });
  useReportRefresh(documents.data === undefined ? undefined : new Date(documents.dataUpdatedAt).toISOString(), documents.isFetching, documents.isError);

  return (
    <>
      <RefreshingBar active={documents.isFetching && !documents.isPending} />
      <div className="space-y-8 pt-3">
        <div className="px-4">
          <h1 className="text-xl font-semibold">Contracts</h1>
          <p className="text-muted">Flow contracts that were activated here. Those of the contract folder are changed in their files.</p>
        </div>
        {documents.data !== undefined ? (
          <DocumentTable documents={documents.data} mayManage={mayManage} />
        ) : documents.isError ? (
          <div className="px-4">
            <FailureState error={documents.error} what="contracts" onRetry={() => void documents.refetch()} />
          </div>
        ) : (
          <TableSkeleton what="contracts" rows={3} />
        )}
        {maySeeProblems && (
          <Section title="Contract problems" note="From the last load; a file with a problem keeps its last good version">
            {health.data !== undefined ? <ContractProblems problems={health.data.contractProblems} /> : health.isError ? null : <TableSkeleton what="contract problems" rows={2} />}
          </Section>
        )}
      </div>
    </>
  );
}
