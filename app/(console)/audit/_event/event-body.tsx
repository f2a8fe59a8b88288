import Link from 'next/link';
import type { AuditEventView } from '@/server/domain/audit/audit-event-view';
import { Fact, FactGrid } from '../../../_ui/fact-grid';
import { formatInstant } from '../../../_ui/format/instant';
import { NOT_KNOWN } from '../../../_ui/format/number';
import { ChangeTable } from './change-table';
import { grantWords } from './grant-words';
import { OutcomeMark } from './outcome-mark';
import { subjectHref } from './subject-href';

export function EventBody({ event }: { event: AuditEventView }) {
  const href = subjectHref(event.subject);
  return (
    <>
      <FactGrid>
        <Fact term="Outcome">
          <OutcomeMark outcome={event.outcome} />
        </Fact>
        <Fact term="Time">
          <time dateTime={event.at}>{formatInstant(event.at)}</time>
        </Fact>
        <Fact term="Actor">
          <span className="break-all">{event.actor}</span>
        </Fact>
        <Fact term="Subject">
          {href === null ? (
            <span className="break-all">{event.subject}</span>
          ) : (
            <Link href={href} className="figure-link break-all">
              {event.subject}
            </Link>
          )}
        </Fact>
        <Fact term="Flow">
          {event.flowId === null ? (
            NOT_KNOWN
          ) : (
            <Link href={`/flows/${encodeURIComponent(event.flowId)}`} className="figure-link">
              {event.flowId}
            </Link>
          )}
        </Fact>
        <Fact term="Ticket">{event.ticket ?? NOT_KNOWN}</Fact>
      </FactGrid>
      <dl className="max-w-prose space-y-3">
        <Fact term="Reason">{event.reason ?? 'None was given'}</Fact>
        <Fact term="Roles at that moment">{event.grants.length === 0 ? 'none: a person at the machine, or Signalbox itself' : event.grants.map(({ role, scope }) => grantWords({ role, ...scope })).join('; ')}</Fact>
      </dl>
      <ChangeTable before={event.before} after={event.after} />
      <dl className="space-y-3 text-muted">
        {event.planHash !== null && (
          <Fact term="Hash of the plan">
            <code className="break-all">{event.planHash}</code>
          </Fact>
        )}
        <Fact term="Hash of the event">
          <code className="break-all">{event.hash}</code>
        </Fact>
        <Fact term="Hash of the event before">
          <code className="break-all">{event.previousHash}</code>
        </Fact>
      </dl>
      <EventSteps seq={BigInt(event.seq)} />
    </>
  );
}

/** To the neighbours in the chain. */
function EventSteps({ seq }: { seq: bigint }) {
  return (
    <nav aria-label="Neighbours in the chain" className="flex gap-2">
      {seq > 1n && (
        <Link className="button" href={`/audit/${seq - 1n}`}>
          Event {(seq - 1n).toString()}
        </Link>
      )}
      <Link className="button" href={`/audit/${seq + 1n}`}>
        Event {(seq + 1n).toString()}
      </Link>
    </nav>
  );
}
