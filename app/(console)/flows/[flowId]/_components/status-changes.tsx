'use client';

import { useState } from 'react';
import type { FlowDetail } from '@/server/domain/health/flow-view';
import { DataTable } from '../../../../_ui/data-table';
import { formatCount } from '../../../../_ui/format/number';
import { RelativeTime } from '../../../../_ui/live/relative-time';
import { EmptyState } from '../../../../_ui/states/empty-state';
import { StatusMark } from '../../../../_ui/status/status-mark';
import { STATUS_WORD } from '../../../../_ui/status/status-words';

/** A flow that changes back and forth must not push everything else off the screen. */
const SHOWN = 10;

export function StatusChanges({ changes }: { changes: FlowDetail['statusChanges'] }) {
  const [all, showAll] = useState(false);
  if (changes.length === 0) {
    return (
      <div className="px-4">
        <EmptyState title="No status change is recorded for this flow" />
      </div>
    );
  }
  return (
    <>
      <DataTable
        caption="Status changes"
        rows={all ? changes : changes.slice(0, SHOWN)}
        rowKey={(change) => `${change.at} ${change.to}`}
        columns={[
          { header: 'When', cell: ({ at }) => <RelativeTime instant={at} />, className: 'w-28' },
          {
            header: 'To',
            className: 'w-32',
            cell: ({ from, to }) => (
              <span title={from === null ? 'First judged' : `Before: ${STATUS_WORD[from]}`}>
                <StatusMark status={to} phase="settled" />
              </span>
            ),
          },
          { header: 'Reason', cell: ({ reason }) => reason },
        ]}
      />
      {!all && changes.length > SHOWN && (
        <div className="px-4 pt-3">
          <button type="button" className="button" onClick={() => showAll(true)}>
            Show all {formatCount(changes.length)} changes
          </button>
        </div>
      )}
    </>
  );
}
