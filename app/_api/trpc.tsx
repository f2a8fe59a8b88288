'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, httpBatchStreamLink, httpLink, splitLink } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { useState } from 'react';
import superjson from 'superjson';
import type { AppRouter } from '@/server/api/root';
import { isFinal } from '../_ui/states/query-failure';

const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();

export { useTRPC };

/**
 * Answers stream back one by one, so that a slow question does not hold up a fast one asked at the same moment.
 * What says `large: true` travels alone: the stream looks into every element of an answer, which a trace of 100,000
 * spans would pay for with seconds.
 */
export function ApiProvider({ children }: { children: React.ReactNode }) {
  const [queryClient] = useState(newQueryClient);
  const [trpcClient] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: (operation) => operation.context.large === true,
          true: httpLink({ url: '/api/trpc', transformer: superjson }),
          false: httpBatchStreamLink({ url: '/api/trpc', transformer: superjson }),
        }),
      ],
    }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}

function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 4_000, retry: (failures, error) => failures < 1 && !isFinal(error) },
    },
  });
}
