'use client';

import Link from 'next/link';
import { METHOD_WORDS } from '@/server/domain/operations/kinds';
import { isOver } from '@/server/domain/operations/hold-states';
import { actorInWords } from '@/server/domain/roles/actor';
import type { HoldView } from '@/server/services/operations/operation-view';
import { formatCount } from '../../../_ui/format/number';
import { CountdownTo } from '../../../_ui/live/countdown';
import { Elapsed } from '../../../_ui/live/elapsed';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { STATUS_TONE } from '../../../_ui/status/status-words';
import { usePermission } from '../../_session/permission';
import { HoldMark } from '../_marks/hold-mark';
import { holdStanding } from '../_words/hold-words';
import { ExtendHold } from './extend-hold';
import { HoldBudget } from './hold-budget';
import { NativeCommands } from './native-commands';
import { OutsideActs } from './outside-acts';
import { TakeOver } from './take-over';

/** One hold as it stands: measured or not, for how long, what it will harm first, and who answers for it. */
export function HoldPanel({ hold }: { hold: HoldView }) {
  const mayAct = usePermission('operations:run') === true;
  const { shape } = holdStanding(hold);
  const over = isOver(hold.state);
  return (
    <article aria-label={`Hold at ${hold.hopId}`} className="space-y-3 border-y border-line bg-panel px-4 py-3">
      <header>
        <h3 className={`flex flex-wrap items-baseline gap-x-3 text-base ${STATUS_TONE[shape]}`}>
          <HoldMark hold={hold} />
          <span className="font-normal text-ink">
            {METHOD_WORDS[hold.method].name} at {hold.hopId}
          </span>
          <span className="text-sm font-normal text-muted">
            {over && hold.overAt !== null ? (
              <>ended <RelativeTime instant={hold.overAt} /></>
            ) : (
              <>for <Elapsed since={hold.heldAt ?? hold.requestedAt} /></>
            )}
          </span>
        </h3>
        <p role="status" className="break-words">{hold.observation}</p>
        {!over && <Verified hold={hold} />}
      </header>
      {hold.state === 'leaking' && hold.kind === 'pause' && <p className="text-muted">Messages pass although they should not. Look at the outside acts and at what still takes messages, or release the hold and choose another method.</p>}
      {!over && hold.expiry !== null && (
        <p className="break-words">
          <span className="font-medium text-failing">Expired</span> <RelativeTime instant={hold.expiry.at} />, and stays in place: {hold.expiry.sentence} Restore it, or move its end.
        </p>
      )}
      <OutsideActs acts={hold.outsideActs} />
      {!over && (
        <div className="grid gap-x-8 gap-y-3 md:grid-cols-2">
          {hold.kind !== 'reroute' && <HoldBudget budget={hold.budget} />}
          <Figures figures={hold.figures} />
        </div>
      )}
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        {!over && (
          <p>
            <span className="text-muted">Review by </span>
            <CountdownTo at={hold.reviewBy} />
            {hold.reviewOverdue && <span className="font-medium text-failing">, overdue: decide whether it stays</span>}
          </p>
        )}
        <p>
          <span className="text-muted">Owner </span>
          {hold.ownedByViewer ? 'you' : actorInWords(hold.owner)}
        </p>
        {hold.kind === 'reroute' && (
          <Link href={`/operations/${hold.openedBy}#received`} className="figure-link text-accent">
            What the alternate received{hold.undecided !== null && hold.undecided > 0 && `, ${formatCount(hold.undecided)} undecided`}
          </Link>
        )}
        {!over && mayAct && (
          <span className="flex gap-2">
            {!hold.ownedByViewer && <TakeOver hold={hold} />}
            <ExtendHold hold={hold} />
          </span>
        )}
      </div>
      {!over && <NativeCommands commands={hold.nativeCommands} />}
    </article>
  );
}

function Verified({ hold: { verifiedAt, unverifiedSince } }: { hold: HoldView }) {
  if (unverifiedSince !== null) {
    return (
      <p className="font-medium">
        Unverified since <RelativeTime instant={unverifiedSince} />: nobody could measure it. It is as it was left, as far as anybody knows.
      </p>
    );
  }
  if (verifiedAt === null) return <p className="text-muted">Not measured yet</p>;
  return (
    <p className="text-muted">
      Measured <RelativeTime instant={verifiedAt} />
    </p>
  );
}

/** What was measured, under the names that the connector gives. */
function Figures({ figures }: { figures: HoldView['figures'] }) {
  const entries = Object.entries(figures);
  if (entries.length === 0) return null;
  return (
    <dl className="grid w-fit grid-cols-[auto_auto] content-start gap-x-6 gap-y-0.5 tabular-nums">
      {entries.map(([term, value]) => (
        <div key={term} className="contents">
          <dt className="text-muted first-letter:uppercase">{term}</dt>
          <dd className="text-right">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
