'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ConsoleDocumentDetail } from '@/server/services/contracts/console-document-view';
import { useTRPC } from '../../../../_api/trpc';
import { Notice } from '../../../../_ui/states/notice';

const POLL_MS = 1_000;

/** What has become of an activated contract: asked until the collectors have loaded or refused it. */
export function Activation({ activated }: { activated: ConsoleDocumentDetail }) {
  const document = useQuery({
    ...useTRPC().contracts.documents.byId.queryOptions({ flowId: activated.id }),
    initialData: activated,
    refetchInterval: ({ state }) => (state.data?.state === 'loading' ? POLL_MS : false),
  });
  const { id, name, revision, state, problems } = document.data;
  if (state === 'refused') return <Notice severity="error" text={`The collectors refuse revision ${revision} of ${name}: ${problems[0]?.message ?? 'they give no reason.'}`} />;
  return (
    <p role="status" className={`rounded-sm border bg-panel px-3 py-2 ${state === 'in-force' ? 'border-healthy' : 'border-line-strong'}`}>
      {state === 'loading' ? (
        <>Revision {revision} of {name} is activated; the collectors are loading it …</>
      ) : (
        <>
          Revision {revision} of {name} is in force.{' '}
          <Link href={`/flows/${encodeURIComponent(id)}`} className="figure-link text-accent">
            Open the flow
          </Link>
          , or see all under{' '}
          <Link href="/settings/contracts" className="figure-link text-accent">
            Contracts
          </Link>
          .
        </>
      )}
    </p>
  );
}
