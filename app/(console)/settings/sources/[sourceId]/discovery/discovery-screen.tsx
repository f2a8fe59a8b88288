'use client';

import { useMutation } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useQueryStates } from 'nuqs';
import type { SourceView } from '@/server/services/sources/source-view';
import { useTRPC } from '../../../../../_api/trpc';
import { EmptyState } from '../../../../../_ui/states/empty-state';
import { FailureState } from '../../../../../_ui/states/failure-state';
import { ForbiddenState } from '../../../../../_ui/states/forbidden-state';
import { Notice } from '../../../../../_ui/states/notice';
import { TableSkeleton } from '../../../../../_ui/states/table-skeleton';
import { usePermission } from '../../../../_session/permission';
import { RequestProgress } from '../../_request/request-progress';
import { isOpen, useSourceRequest } from '../../_request/use-source-request';
import { SourceFrame } from '../source-frame';
import { DraftReview } from './_drafts/draft-review';
import { DiscoveryBody } from './discovery-body';
import { discoveryParams } from './search-params';

/** Which channels a source has, how they are wired, and drafts of contracts for those without one. */
export function DiscoveryScreen({ sourceId }: { sourceId: string }) {
  return (
    <SourceFrame sourceId={sourceId} here="Discovery">
      {(source) => <SourceDiscovery source={source} />}
    </SourceFrame>
  );
}

function SourceDiscovery({ source }: { source: SourceView }) {
  const mayDiscover = usePermission('contracts:manage');
  const [params, setParams] = useQueryStates(discoveryParams);
  const request = useSourceRequest(params.request);
  const start = useMutation({
    ...useTRPC().sources.discover.mutationOptions(),
    onSuccess: ({ id }) => setParams({ request: id, draft: null }),
  });
  if (mayDiscover === false) return <ForbiddenState what="discovery" permission="contracts:manage" />;

  const discovery = request.data?.discovery ?? null;
  const draft = discovery?.drafts.find(({ flowId }) => flowId === params.draft);
  if (discovery !== null && draft !== undefined) return <DraftReview source={source} draft={draft} onClose={() => void setParams({ draft: null })} />;

  const running = start.isPending || (request.data !== undefined && isOpen(request.data));
  return (
    <div className="space-y-6">
      <header className="space-y-3 px-4">
        <h1 className="text-xl font-semibold">Channels of {source.name}</h1>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <button
            type="button"
            className={`button ${params.request === null ? 'button-primary' : ''}`}
            disabled={running || !source.enabled}
            onClick={() => start.mutate({ sourceId: source.id })}
          >
            <Search size={14} aria-hidden />
            {params.request === null ? 'Discover channels' : 'Discover again'}
          </button>
          {request.data !== undefined && request.data.state !== 'failed' && <RequestProgress request={request.data} />}
        </div>
        {start.isError && <Notice severity="error" text={start.error.message} />}
        {request.data?.state === 'failed' && <RequestProgress request={request.data} />}
      </header>
      {discovery !== null ? (
        <DiscoveryBody source={source} discovery={discovery} params={params} setParams={(change) => void setParams(change)} />
      ) : request.isError ? (
        <div className="px-4">
          <FailureState error={request.error} what="discovery" onRetry={() => void request.refetch()} />
        </div>
      ) : running || (params.request !== null && request.isPending) ? (
        <TableSkeleton what="the channels" rows={6} />
      ) : (
        <div className="px-4">
          <EmptyState title="Not discovered yet">
            <p>
              {source.enabled
                ? 'A collector reads the topology with the user for observing: exchanges, queues and bindings, or tables and their columns. Nothing is changed, and no message is taken.'
                : 'The source is disabled, so no collector may look at it. Enable it first.'}
            </p>
          </EmptyState>
        </div>
      )}
    </div>
  );
}
