'use client';

import { useMutation } from '@tanstack/react-query';
import { parseAsString, useQueryState } from 'nuqs';
import { useTRPC } from '../../../../_api/trpc';
import { TestPanel } from './test-panel';

/** Tests a saved source; the answer can be shared by its address for as long as it is kept. */
export function SourceTest({ sourceId }: { sourceId: string }) {
  const [requestId, setRequestId] = useQueryState('test', parseAsString);
  const test = useMutation({ ...useTRPC().sources.test.mutationOptions(), onSuccess: ({ id }) => setRequestId(id) });
  return (
    <div className="border-y border-line bg-panel px-4 py-3">
      <TestPanel
        requestId={requestId}
        isAsking={test.isPending}
        problem={test.isError ? test.error.message : null}
        onTest={() => test.mutate({ sourceId })}
      />
    </div>
  );
}
