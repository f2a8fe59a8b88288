'use client';

import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { AuditFilter } from '@/server/domain/audit/audit-filter';
import { useTRPC } from '../../../_api/trpc';
import { downloadText } from '../../../_ui/download-text';
import { countOf } from '../../../_ui/format/number';
import { Notice } from '../../../_ui/states/notice';

const TYPES = { csv: 'text/csv', json: 'application/json' } as const;

/** Exactly the events that meet the filter, as a file. */
export function ExportButtons({ filter }: { filter: AuditFilter }) {
  const take = useMutation(
    useTRPC().audit.export.mutationOptions({
      trpc: { context: { large: true } },
      onSuccess: ({ name, text }, { format }) => downloadText(name, text, TYPES[format]),
    }),
  );
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap gap-2">
        {(['csv', 'json'] as const).map((format) => (
          <button key={format} type="button" className="button" disabled={take.isPending} onClick={() => take.mutate({ format, filter })}>
            <Download size={14} aria-hidden />
            Export {format.toUpperCase()}
          </button>
        ))}
      </div>
      {take.isError && <Notice severity="error" text={take.error.message} />}
      <p role="status" className="sr-only">
        {take.isSuccess ? `${countOf(take.data.events, 'event')} exported.` : ''}
      </p>
    </div>
  );
}
