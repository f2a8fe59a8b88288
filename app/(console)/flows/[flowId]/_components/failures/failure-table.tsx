'use client';

import { useState } from 'react';
import type { Death } from '@/server/domain/taps/facts';
import type { FailedMessageView } from '@/server/services/failures/failed-message-view';
import { DataTable, type Column } from '../../../../../_ui/data-table';
import { formatMoney } from '../../../../../_ui/format/money';
import { formatCount, NOT_KNOWN } from '../../../../../_ui/format/number';
import { RelativeTime } from '../../../../../_ui/live/relative-time';
import { SelectCell } from '../../../../../_ui/select-cell';
import { keyOf, switched } from './selection';

interface Selection {
  selected: ReadonlySet<string>;
  setSelected: (selected: ReadonlySet<string>) => void;
}

interface Props {
  messages: readonly FailedMessageView[];
  /** Null where nothing can be done with a selection. */
  selection: Selection | null;
}

/** One row per failed message: why, when, whose, where from, how often it was tried, for how much. */
export function FailureTable({ messages, selection }: Props) {
  /** The row that was switched last: where a selection with Shift begins. */
  const [last, setLast] = useState<string | null>(null);
  return (
    <DataTable
      caption="Failed messages"
      rows={messages}
      rowKey={keyOf}
      columns={[
        ...(selection === null ? [] : [selectColumn(messages, selection, last, setLast)]),
        { header: 'Reason', className: 'align-top sm:min-w-48 max-sm:pr-4!', cell: (message) => <Reason message={message} /> },
        { header: 'Failed', className: 'align-top max-sm:hidden', cell: ({ failedAt }) => <RelativeTime instant={failedAt} /> },
        { header: 'Case', className: 'align-top break-all min-w-28 max-sm:hidden', cell: ({ caseLabel, messageId }) => caseLabel ?? <Muted>{messageId ?? NOT_KNOWN}</Muted> },
        { header: 'Payer', className: 'align-top max-sm:hidden', cell: ({ payerId }) => payerId ?? NOT_KNOWN },
        { header: 'Facility', className: 'align-top max-sm:hidden', cell: ({ facilityId }) => facilityId ?? NOT_KNOWN },
        { header: 'From', className: 'align-top min-w-40 break-all max-sm:hidden', cell: (message) => <Origin message={message} /> },
        { header: 'Tries', numeric: true, className: 'align-top max-sm:hidden', cell: ({ attempts, deaths }) => <Tries attempts={attempts} deaths={deaths} /> },
        { header: 'Amount', numeric: true, className: 'align-top max-sm:hidden', cell: ({ amount }) => formatMoney(amount) },
      ]}
    />
  );
}

function selectColumn(messages: readonly FailedMessageView[], { selected, setSelected }: Selection, last: string | null, setLast: (key: string) => void): Column<FailedMessageView> {
  const count = messages.filter((message) => selected.has(keyOf(message))).length;
  return {
    header: 'Select',
    className: 'w-8 align-top',
    head: (
      <SelectCell
        label={`Select all ${messages.length} that are shown`}
        checked={count === messages.length}
        mixed={count > 0 && count < messages.length}
        onSwitch={(on) => setSelected(new Set(on ? messages.map(keyOf) : []))}
      />
    ),
    cell: (message) => {
      const key = keyOf(message);
      return (
        <SelectCell
          label={`Select ${message.caseLabel ?? message.messageId ?? message.itemKey}`}
          checked={selected.has(key)}
          onSwitch={(on, toHere) => {
            setSelected(switched(messages, selected, key, on, toHere ? last : null));
            setLast(key);
          }}
        />
      );
    },
  };
}

/** On a phone it carries what else there is no room for. */
function Reason({ message: { reason, nativeReason, errorText, failedAt, caseLabel, messageId, payerId, facilityId, amount } }: { message: FailedMessageView }) {
  return (
    <>
      <span className="font-medium">{reason ?? 'no reason given'}</span>
      {nativeReason !== null && nativeReason !== reason && <Muted> ({nativeReason})</Muted>}
      {errorText !== null && <span className="block max-w-prose break-words text-muted">{errorText}</span>}
      <span className="block [overflow-wrap:anywhere] sm:hidden">
        {caseLabel ?? messageId ?? NOT_KNOWN}, {formatMoney(amount)}
      </span>
      <span className="block [overflow-wrap:anywhere] text-muted sm:hidden">
        {[payerId, facilityId].filter((place) => place !== null).join(' at ')} <RelativeTime instant={failedAt} />
      </span>
    </>
  );
}

/** Where it failed; for a message of a broker also the exchange and key that a replay would use. */
function Origin({ message: { originChannelId, originExchange, originRoutingKey } }: { message: FailedMessageView }) {
  return (
    <>
      {nameOf(originChannelId)}
      {originExchange !== null && (
        <span className="block text-muted">
          {originExchange}
          {originRoutingKey !== null && `, ${originRoutingKey}`}
        </span>
      )}
    </>
  );
}

/** How often it was tried; for a message of a broker each queue that it died in, unfolded on demand. */
function Tries({ attempts, deaths }: { attempts: number | null; deaths: readonly Death[] }) {
  if (deaths.length === 0) return formatCount(attempts);
  const died = deaths.reduce((sum, { count }) => sum + BigInt(count), 0n);
  return (
    <details>
      <summary className="inline-flex min-h-[24px] items-center hover:underline">
        {formatCount(died)} {died === 1n ? 'death' : 'deaths'}
      </summary>
      <ul className="text-muted">
        {deaths.map(({ queue, reason, count }) => (
          <li key={`${queue} ${reason}`}>
            {count} × {reason} in {queue}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Muted({ children }: { children: React.ReactNode }) {
  return <span className="text-muted">{children}</span>;
}

/** `rabbit-main:queue:/:claims.work` → `claims.work`; ids of tables read well as they are. */
function nameOf(channelId: string): string {
  const [, kind, ...rest] = channelId.split(':');
  return kind === 'queue' ? decodeURIComponent(rest.at(-1) ?? channelId) : decodeURIComponent(rest.join(':'));
}
