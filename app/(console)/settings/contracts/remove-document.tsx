'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ConsoleDocumentView } from '@/server/services/contracts/console-document-view';
import { useTRPC } from '../../../_api/trpc';
import { ConsequencesDialog } from '../../../_ui/consequences-dialog';

export function RemoveDocument({ document, onDone }: { document: ConsoleDocumentView | null; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation({
    ...trpc.contracts.remove.mutationOptions(),
    onSuccess: async () => {
      await queryClient.invalidateQueries(trpc.contracts.pathFilter());
      onDone();
    },
  });
  return (
    <ConsequencesDialog
      open={document !== null}
      title={`Remove the contract of ${document?.name ?? 'the flow'}`}
      consequences={[
        'Within seconds the flow is no longer watched, and telemetry of its channels belongs to no flow.',
        'What was measured for it stays until its retention ends, and so do the versions of the contract.',
        'The text of the contract is gone from here: download it first if you may want it again.',
      ]}
      verb="Remove"
      refrain="Keep it"
      pending={remove.isPending || document === null}
      problem={remove.isError ? remove.error.message : null}
      onConfirm={() => document !== null && remove.mutate({ flowId: document.id })}
      onClose={() => {
        remove.reset();
        onDone();
      }}
    />
  );
}
