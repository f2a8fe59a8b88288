'use client';

import Link from 'next/link';
import { METHOD_WORDS } from '@/server/domain/operations/kinds';
import { actorInWords } from '@/server/domain/roles/actor';
import type { HoldView } from '@/server/services/operations/operation-view';
import { DataTable } from '../../../_ui/data-table';
import { ROW_LINK } from '../../../_ui/keyboard/row-keys';
import { CountdownTo } from '../../../_ui/live/countdown';
import { Elapsed } from '../../../_ui/live/elapsed';
import { HoldMark } from '../_marks/hold-mark';
import { messagesOf } from '../_words/extent-words';
import { byUrgency } from '../_words/hold-words';

/** All holds and reroutes, what is wrong first, then whose harm comes first. */
export function HoldTable({ holds }: { holds: readonly HoldView[] }) {
  return (
    <DataTable
      caption="Holds and reroutes in place"
      rows={holds.toSorted(byUrgency)}
      rowKey={({ id }) => id}
      columns={[
        { header: 'State', className: 'align-top w-44 max-sm:hidden', cell: (hold) => <State hold={hold} /> },
        {
          header: 'Flow',
          // On a phone it carries the rest.
          className: 'align-top sm:min-w-44 max-sm:px-4! max-sm:py-2!',
          cell: (hold) => (
            <>
              <span className="block sm:hidden">
                <State hold={hold} />
              </span>
              <Link {...ROW_LINK} href={`/flows/${encodeURIComponent(hold.flowId)}?hop=${encodeURIComponent(hold.hopId)}`} className="font-medium after:absolute after:inset-0 hover:underline">
                {hold.flowName}
              </Link>
              <span className="block text-muted">
                hop {hold.hopId}, {METHOD_WORDS[hold.method].name.toLowerCase()}
              </span>
              <span className="block sm:hidden">
                <Seen hold={hold} />
              </span>
              <span className="flex flex-wrap gap-x-2 sm:hidden">
                {hold.kind === 'pause' && (
                  <span>
                    <span className="text-muted">earliest harm </span>
                    {hold.budget.earliest?.at == null ? 'none known' : <CountdownTo at={hold.budget.earliest.at} />}
                  </span>
                )}
                <span>
                  <span className="text-muted">review </span>
                  <CountdownTo at={hold.reviewBy} />
                </span>
              </span>
            </>
          ),
        },
        { header: 'Seen', className: 'align-top min-w-56 max-sm:hidden', cell: (hold) => <Seen hold={hold} /> },
        { header: 'Earliest harm', className: 'align-top min-w-32 max-sm:hidden', cell: (hold) => <Harm hold={hold} /> },
        { header: 'Review by', className: 'align-top max-sm:hidden', cell: ({ reviewBy }) => <CountdownTo at={reviewBy} /> },
        { header: 'Owner', className: 'align-top break-words max-sm:hidden', cell: ({ owner, ownedByViewer }) => (ownedByViewer ? 'you' : actorInWords(owner)) },
      ]}
    />
  );
}

function State({ hold }: { hold: HoldView }) {
  return (
    <>
      <HoldMark hold={hold} />
      <span className="block text-muted">
        for <Elapsed since={hold.heldAt ?? hold.requestedAt} />
      </span>
    </>
  );
}

function Seen({ hold: { observation, outsideActs, undecided } }: { hold: HoldView }) {
  return (
    <>
      <span className="break-words">{observation}</span>
      {outsideActs.length > 0 && <span className="block font-medium text-degraded">Somebody acted on it outside Signalbox</span>}
      {undecided !== null && undecided > 0 && <span className="block text-muted">{messagesOf(`${undecided}`)} at the alternate undecided</span>}
    </>
  );
}

function Harm({ hold: { kind, budget: { earliest } } }: { hold: HoldView }) {
  if (kind === 'reroute') return <span className="text-muted">nothing waits</span>;
  if (earliest === null) return 'none known';
  return (
    <>
      {earliest.at !== null && <CountdownTo at={earliest.at} />}
      <span className="block text-muted">{earliest.what}</span>
    </>
  );
}
