'use client';

import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useTRPC } from '../../../_api/trpc';
import { downloadText } from '../../../_ui/download-text';
import { countOf } from '../../../_ui/format/number';
import { Notice } from '../../../_ui/states/notice';

/** All of the list as a file, also what is not shown yet. */
export function ReceivedFile({ holdId }: { holdId: string }) {
  const take = useMutation(
    useTRPC().operations.exportReceived.mutationOptions({
      trpc: { context: { large: true } },
      onSuccess: ({ name, text }) => downloadText(name, text, 'text/csv'),
    }),
  );
  return (
    <div className="space-y-2">
      <button type="button" className="button" disabled={take.isPending} onClick={() => take.mutate({ holdId })}>
        <Download size={14} aria-hidden />
        Export CSV
      </button>
      {take.isError && <Notice severity="error" text={take.error.message} />}
      <p role="status" className="sr-only">
        {take.isSuccess ? `${countOf(take.data.messages, 'message')} exported.` : ''}
      </p>
    </div>
  );
}
