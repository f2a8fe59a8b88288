'use client';

import { useState } from 'react';
import { RECEIVED_DECISION_WORDS } from '@/server/domain/operations/received-decision';
import { actorInWords } from '@/server/domain/roles/actor';
import type { ReceivedMessageView } from '@/server/services/operations/received/received-view';
import { DataTable, type Column } from '../../../_ui/data-table';
import { formatInstant } from '../../../_ui/format/instant';
import { formatMoney } from '../../../_ui/format/money';
import { NOT_KNOWN } from '../../../_ui/format/number';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { SelectCell } from '../../../_ui/select-cell';
import { switchedKeys } from '../../../_ui/switched-keys';

interface Selection {
  selected: ReadonlySet<string>;
  setSelected: (selected: ReadonlySet<string>) => void;
}

/** One row per message that the tap saw go to the alternate, and what was decided of it. @param selection null where the viewer cannot decide */
export function ReceivedTable({ rows, selection }: { rows: readonly ReceivedMessageView[]; selection: Selection | null }) {
  /** The row that was switched last: where a selection with Shift begins. */
  const [last, setLast] = useState<string | null>(null);
  return (
    <DataTable
      caption="Messages that the alternate received"
      rows={rows}
      rowKey={({ copyKey }) => copyKey}
      columns={[
        ...(selection === null ? [] : [selectColumn(rows, selection, last, setLast)]),
        { header: 'Seen', className: 'align-top whitespace-nowrap max-md:hidden', cell: ({ seenAt }) => <time dateTime={seenAt}>{formatInstant(seenAt)}</time> },
        { header: 'Message', className: `align-top max-md:py-2! ${selection === null ? 'max-md:pl-4!' : ''}`, cell: (message) => <Message message={message} /> },
        { header: 'Decided', className: 'align-top max-md:hidden md:min-w-40', cell: ({ decision }) => <Decision decision={decision} /> },
        { header: 'Case', className: 'align-top [overflow-wrap:anywhere] max-md:hidden', cell: ({ caseLabel }) => caseLabel ?? NOT_KNOWN },
        { header: 'Payer', className: 'align-top [overflow-wrap:anywhere] max-md:hidden', cell: ({ payerId }) => payerId ?? NOT_KNOWN },
        { header: 'Facility', className: 'align-top [overflow-wrap:anywhere] max-md:hidden', cell: ({ facilityId }) => facilityId ?? NOT_KNOWN },
        { header: 'Amount', numeric: true, className: 'align-top', cell: ({ amount }) => formatMoney(amount) },
      ]}
    />
  );
}

function selectColumn(rows: readonly ReceivedMessageView[], { selected, setSelected }: Selection, last: string | null, setLast: (key: string) => void): Column<ReceivedMessageView> {
  const keys = rows.map(({ copyKey }) => copyKey);
  const count = keys.filter((key) => selected.has(key)).length;
  return {
    header: 'Select',
    className: 'w-8 align-top',
    head: <SelectCell label={`Select all ${keys.length} that are shown`} checked={count === keys.length} mixed={count > 0 && count < keys.length} onSwitch={(on) => setSelected(new Set(on ? keys : []))} />,
    cell: ({ copyKey, caseLabel, messageId }) => (
      <SelectCell
        label={`Select ${caseLabel ?? messageId ?? copyKey}`}
        checked={selected.has(copyKey)}
        onSwitch={(on, toHere) => {
          setSelected(switchedKeys(keys, selected, copyKey, on, toHere ? last : null));
          setLast(copyKey);
        }}
      />
    ),
  };
}

/** On a phone it carries what else there is no room for. */
function Message({ message: { messageId, caseLabel, payerId, facilityId, seenAt, decision } }: { message: ReceivedMessageView }) {
  return (
    <>
      <span className="[overflow-wrap:anywhere]">{messageId ?? NOT_KNOWN}</span>
      {caseLabel !== null && <span className="block [overflow-wrap:anywhere] md:hidden">{caseLabel}</span>}
      <span className="block [overflow-wrap:anywhere] text-muted md:hidden">
        {payerId ?? NOT_KNOWN} at {facilityId ?? NOT_KNOWN}
      </span>
      <time dateTime={seenAt} className="block text-muted md:hidden">
        {formatInstant(seenAt)}
      </time>
      <span className="block md:hidden">
        <Decision decision={decision} />
      </span>
    </>
  );
}

function Decision({ decision }: Pick<ReceivedMessageView, 'decision'>) {
  if (decision === null) return <span className="text-muted">Undecided</span>;
  return (
    <>
      <span className="font-medium">{RECEIVED_DECISION_WORDS[decision.decision]}</span>
      {decision.reference !== null && <span className="block [overflow-wrap:anywhere]">{decision.reference}</span>}
      <span className="block [overflow-wrap:anywhere] text-muted">
        {actorInWords(decision.by)}, <RelativeTime instant={decision.at} />: {decision.reason}
      </span>
    </>
  );
}
