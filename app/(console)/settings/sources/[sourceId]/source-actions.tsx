'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Pencil, Power, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { SourceView } from '@/server/services/sources/source-view';
import { useTRPC } from '../../../../_api/trpc';
import { DisableSource } from './disable-source';
import { RemoveSource } from './remove-source';

/** What can be done with a source that was added here. Enabling harms nothing and needs no question. */
export function SourceActions({ source }: { source: SourceView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<'disable' | 'remove' | null>(null);
  const enable = useMutation({
    ...trpc.sources.setEnabled.mutationOptions(),
    onSuccess: () => queryClient.invalidateQueries(trpc.sources.pathFilter()),
  });
  return (
    <>
      <Link href={`/settings/sources/${encodeURIComponent(source.id)}/edit`} className="button">
        <Pencil size={14} aria-hidden />
        Edit
      </Link>
      <button
        type="button"
        className="button"
        disabled={enable.isPending}
        onClick={() => (source.enabled ? setAsking('disable') : enable.mutate({ sourceId: source.id, enabled: true }))}
      >
        <Power size={14} aria-hidden />
        {source.enabled ? 'Disable' : 'Enable'}
      </button>
      <button type="button" className="button text-failing" onClick={() => setAsking('remove')}>
        <Trash2 size={14} aria-hidden />
        Remove
      </button>
      {enable.isError && <p role="alert" className="basis-full text-failing">{enable.error.message}</p>}
      <DisableSource source={source} open={asking === 'disable'} onDone={() => setAsking(null)} />
      <RemoveSource source={source} open={asking === 'remove'} onDone={() => setAsking(null)} />
    </>
  );
}
