import Link from 'next/link';
import type { ReceivedPage } from '@/server/services/operations/received/received-view';
import { formatInstant } from '../../../_ui/format/instant';
import { formatCount } from '../../../_ui/format/number';
import { Notice } from '../../../_ui/states/notice';
import { extentWords, messagesOf, named } from '../_words/extent-words';

/** How much it received, since when, by whose count, what may be missing, and what is to be decided of it. */
export function ReceivedSummary({ page }: { page: ReceivedPage }) {
  const { alternate, isJournaled, openedBy, whose, from, until, summary, fromHold, sourceCount, gaps } = page;
  if (isJournaled) {
    return (
      <p className="max-w-3xl px-4">
        Rows were given to {alternate.name} one by one. They stand item by item with{' '}
        <Link href={`/operations/${openedBy}`} className="figure-link text-accent">
          the operation that rerouted them
        </Link>
        ; the items of the restore say which of them {alternate.name} has taken.
      </p>
    );
  }
  return (
    <div className="max-w-3xl space-y-2 px-4">
      <p className="break-words">
        <span className="font-medium">{summary === null || summary.messages === '0' ? 'No message within your scope' : extentWords(summary)}</span>
        {whose !== null && ` of ${whose.length === 0 ? 'nobody' : named(whose)}`}, from <time dateTime={from}>{formatInstant(from)}</time>{' '}
        {until === null ? 'until now' : <>to <time dateTime={until}>{formatInstant(until)}</time></>}. {summary?.note}
      </p>
      {fromHold !== null && fromHold > 0 && (
        <p className="break-words">
          {formatCount(fromHold)} of them had waited in the hold and {fromHold === 1 ? 'was' : 'were'} sent on from there: the tap saw {fromHold === 1 ? 'it' : 'them'} before, on the way into the hold.
        </p>
      )}
      {sourceCount !== null && <p className="text-muted">By its own count the source put {messagesOf(sourceCount)} there meanwhile, whoever sent them.</p>}
      {summary !== null && summary.messages !== '0' && (
        <p className="text-muted">Nothing takes them back by itself: decide for each whether it stays with {alternate.name}, is voided there, or is sent again. The decision is kept here, and carried out there.</p>
      )}
      {gaps.length > 0 && <Notice severity="warning" text={`The list may not be complete. ${gaps.join(' ')}`} />}
    </div>
  );
}
