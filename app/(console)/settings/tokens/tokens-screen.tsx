'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../_api/trpc';
import { FailureState } from '../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../_ui/states/forbidden-state';
import { TableSkeleton } from '../../../_ui/states/table-skeleton';
import { usePermission } from '../../_session/permission';
import { CreateToken } from './create-token';
import { TokenTable } from './token-table';

/** Which machines may call the REST API or send telemetry. */
export function TokensScreen() {
  const mayRead = usePermission('tokens:read');
  const mayManage = usePermission('tokens:manage') === true;
  const tokens = useQuery({ ...useTRPC().settings.tokens.list.queryOptions(), enabled: mayRead === true });

  return (
    <div className="space-y-4 pt-3">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4">
        <div>
          <h1 className="text-xl font-semibold">API tokens</h1>
          <p className="text-muted">For machines: the REST API, and sending telemetry from other hosts.</p>
        </div>
        {mayManage && <CreateToken />}
      </div>
      {mayRead === false ? (
        <ForbiddenState what="API tokens" permission="tokens:read" />
      ) : tokens.data !== undefined ? (
        <TokenTable tokens={tokens.data} mayManage={mayManage} />
      ) : tokens.isError ? (
        <div className="px-4">
          <FailureState error={tokens.error} what="API tokens" onRetry={() => void tokens.refetch()} />
        </div>
      ) : (
        <TableSkeleton what="API tokens" rows={4} />
      )}
    </div>
  );
}
