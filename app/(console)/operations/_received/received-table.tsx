import type { ReceivedMessageView } from '@/server/services/operations/received/received-view';
import { DataTable } from '../../../_ui/data-table';
import { formatInstant } from '../../../_ui/format/instant';
import { formatMoney } from '../../../_ui/format/money';
import { NOT_KNOWN } from '../../../_ui/format/number';

/** One row per message that the tap saw go to the alternate. */
export function ReceivedTable({ rows }: { rows: readonly ReceivedMessageView[] }) {
  return (
    <DataTable
      caption="Messages that the alternate received"
      rows={rows}
      rowKey={({ copyKey }) => copyKey}
      columns={[
        { header: 'Seen', className: 'align-top max-md:w-28 max-md:pl-4! md:whitespace-nowrap', cell: ({ seenAt }) => <time dateTime={seenAt}>{formatInstant(seenAt)}</time> },
        { header: 'Message', className: 'align-top', cell: (message) => <Message message={message} /> },
        { header: 'Case', className: 'align-top [overflow-wrap:anywhere] max-md:hidden', cell: ({ caseLabel }) => caseLabel ?? NOT_KNOWN },
        { header: 'Payer', className: 'align-top [overflow-wrap:anywhere] max-md:hidden', cell: ({ payerId }) => payerId ?? NOT_KNOWN },
        { header: 'Facility', className: 'align-top [overflow-wrap:anywhere] max-md:hidden', cell: ({ facilityId }) => facilityId ?? NOT_KNOWN },
        { header: 'Amount', numeric: true, className: 'align-top', cell: ({ amount }) => formatMoney(amount) },
      ]}
    />
  );
}

/** On a phone it carries what else there is no room for. */
function Message({ message: { messageId, caseLabel, payerId, facilityId } }: { message: ReceivedMessageView }) {
  return (
    <>
      <span className="[overflow-wrap:anywhere]">{messageId ?? NOT_KNOWN}</span>
      {caseLabel !== null && <span className="block [overflow-wrap:anywhere] md:hidden">{caseLabel}</span>}
      <span className="block [overflow-wrap:anywhere] text-muted md:hidden">
        {payerId ?? NOT_KNOWN} at {facilityId ?? NOT_KNOWN}
      </span>
    </>
  );
}
