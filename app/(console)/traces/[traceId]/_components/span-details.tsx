import Link from 'next/link';
import type { SpanDetail } from '@/server/services/traces/trace-view';
import { formatNanoseconds } from '../../../../_ui/format/duration';
import { formatInstant } from '../../../../_ui/format/instant';
import { formatMoney } from '../../../../_ui/format/money';
import { countOf } from '../../../../_ui/format/number';
import { AttributeTable } from './attribute-table';
import { nanosecondsBetween } from './nanoseconds-between';

interface Props {
  detail: SpanDetail;
  /** Whether the parent is in the trace as received. */
  hasParent: boolean;
  traceStartedAt: string;
}

export function SpanDetails({ detail, hasParent, traceStartedAt }: Props) {
  const { business, status } = detail;
  const failed = status.code === 'Error';
  return (
    <div className="space-y-5">
      {failed && (
        <p className="font-medium text-failing">
          Error{status.reason !== '' && ` ${status.reason}`}
          {status.message !== '' && <span className="block font-normal text-ink">{status.message}</span>}
        </p>
      )}
      {detail.parentSpanId !== null && !hasParent && (
        <p className="text-muted">Its parent {detail.parentSpanId} has not been received, so it is shown as a root.</p>
      )}
      <Part title="Flow">
        <Facts
          facts={[
            ['Flow', business.flowId === null ? 'no contract matched' : <FlowLink key="flow" flowId={business.flowId} />],
            ['Hop', business.hopId],
            ['Leg', business.flowId === null || business.leg === 'none' ? null : business.leg],
            ['Case', business.caseLabel],
            ['Amount', business.amount === null ? null : formatMoney(business.amount)],
            ['Facility', business.facilityId],
            ['Payer', business.payerId],
            ['Supplier', business.supplierId],
            ['Department', business.departmentId],
            ['Item', business.itemId],
            ['Message', business.messageId],
            ['Contract version', business.contractVersion],
          ]}
        />
      </Part>
      <Part title="Span">
        <Facts
          facts={[
            ['Started', formatInstant(detail.startedAt)],
            ['Received', formatInstant(detail.receivedAt)],
            ['Duration', formatNanoseconds(detail.durationNs)],
            ['Kind', detail.kind],
            ['Span id', detail.spanId],
          ]}
        />
      </Part>
      <AttributeTable title="Attributes" attributes={detail.attributes} />
      <AttributeTable title="Resource" attributes={detail.resource} />
      {detail.events.map((event, index) => (
        <AttributeTable
          key={`${event.at}${index}`}
          title={`Event ${event.name}, at ${formatNanoseconds(nanosecondsBetween(traceStartedAt, event.at))}`}
          attributes={event.attributes}
        />
      ))}
      {detail.links.length > 0 && (
        <Part title={countOf(detail.links.length, 'link')}>
          <ul>
            {detail.links.map((link) => (
              <li key={`${link.traceId}${link.spanId}`}>
                <Link href={`/traces/${link.traceId}?span=${link.spanId}`} className="figure-link break-all">
                  {link.traceId}
                </Link>
              </li>
            ))}
          </ul>
        </Part>
      )}
    </div>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function FlowLink({ flowId }: { flowId: string }) {
  return (
    <Link href={`/flows/${encodeURIComponent(flowId)}`} className="figure-link">
      {flowId}
    </Link>
  );
}

/** What is not known is left out: an empty line would read as an empty value. */
function Facts({ facts }: { facts: readonly [string, React.ReactNode][] }) {
  return (
    <dl className="grid grid-cols-[120px_1fr] gap-x-2 gap-y-0.5">
      {facts
        .filter(([, value]) => value !== null)
        .map(([term, value]) => (
          <div key={term} className="contents">
            <dt className="text-muted">{term}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
