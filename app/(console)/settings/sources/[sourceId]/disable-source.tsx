'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SourceView } from '@/server/services/sources/source-view';
import { useTRPC } from '../../../../_api/trpc';
import { ConsequencesDialog } from '../../../../_ui/consequences-dialog';
import { countOf } from '../../../../_ui/format/number';

export function DisableSource({ source, open, onDone }: { source: SourceView; open: boolean; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const disable = useMutation({
    ...trpc.sources.setEnabled.mutationOptions(),
    onSuccess: async () => {
      await queryClient.invalidateQueries(trpc.sources.pathFilter());
      onDone();
    },
  });
  return (
    <ConsequencesDialog
      open={open}
      title={`Disable ${source.name}`}
      consequences={[
        'Signalbox closes its connections to this source and looks at it no more. The source itself is not changed.',
        ...(source.flows.length === 0 ? [] : [`${countOf(source.flows.length, 'flow')} with a hop here will show no backlog; their traces go on.`]),
        'Address and credentials are kept, and you can enable it again at any time.',
      ]}
      verb="Disable"
      refrain="Keep tapping"
      pending={disable.isPending}
      problem={disable.isError ? disable.error.message : null}
      onConfirm={() => disable.mutate({ sourceId: source.id, enabled: false })}
      onClose={() => {
        disable.reset();
        onDone();
      }}
    />
  );
}
