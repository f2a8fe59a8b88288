'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import type { SourceView } from '@/server/services/sources/source-view';
import { useTRPC } from '../../../../_api/trpc';
import { ConsequencesDialog } from '../../../../_ui/consequences-dialog';
import { countOf } from '../../../../_ui/format/number';

export function RemoveSource({ source, open, onDone }: { source: SourceView; open: boolean; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const remove = useMutation({
    ...trpc.sources.remove.mutationOptions(),
    onSuccess: async () => {
      router.push('/settings/sources');
      await queryClient.invalidateQueries(trpc.sources.list.queryFilter());
    },
  });
  const { flows } = source;
  return (
    <ConsequencesDialog
      open={open}
      title={`Remove ${source.name}`}
      consequences={[
        'Signalbox closes its connections, and forgets address and credentials. The source itself is not changed.',
        'What was collected from it stays until its retention ends.',
        flows.length === 0
          ? 'No flow in force has a hop here.'
          : `${countOf(flows.length, 'flow')} in force ${flows.length === 1 ? 'has' : 'have'} a hop here (${flows.join(', ')}); while a contract names the source it cannot be removed.`,
        'This cannot be undone; you can add it again.',
      ]}
      verb="Remove"
      refrain="Keep it"
      pending={remove.isPending}
      problem={remove.isError ? remove.error.message : null}
      onConfirm={() => remove.mutate({ sourceId: source.id })}
      onClose={() => {
        remove.reset();
        onDone();
      }}
    />
  );
}
