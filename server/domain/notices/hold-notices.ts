/** Which notices a hold calls for now: one in place, and a reroute that is over and left messages to decide of. */
import { isOver, type HoldKind, type HoldState } from '../operations/hold-states';
import type { HoldLimit } from '../operations/plan';
import { lossLevel, lossSentence } from '../operations/parked-loss';
import { NO_FACTS, type NoticeDraft } from './notice-draft';
import type { NoticeReason } from './reasons';
import { minuteWords } from './words';

export interface HoldFacts {
  id: string;
  kind: HoldKind;
  state: HoldState;
  flowId: string;
  flowName: string;
  hopId: string;
  openedBy: string;
  owner: string;
  ownerUser: string | null;
  reviewBy: Date;
  requestedAt: Date;
  verifiedAt: Date | null;
  /** Since when it is leaking without a break; null while it is not. */
  leakingSince: Date | null;
  /** How often it was put back in place. */
  reasserted: number;
  /** Of a reroute: somebody has been called about its end already, because the product could not restore it. */
  endDecided: boolean;
  /** Parked messages that are gone without Signalbox having moved them. */
  disappeared: bigint;
  limits: readonly HoldLimit[];
  /** Of a reroute: what enters and what reaches queues do not add up. */
  unbalanced: boolean;
  /** Of a reroute: messages that its alternate received and nobody has decided of; null: not counted. */
  undecided: number | null;
}

/** A hold leaks for a moment while the source changes; longer than this is a leak. */
const LEAKING_FOR_MS = 30_000;
const UNVERIFIED_FOR_MS = 60_000;
/** A reroute that has expired is probed and restored by the product within this time, or somebody is called about it. */
const ENDING_TAKES_MS = 5 * 60_000;
/** How long before a review, or before a hold does harm, its owner is told. */
const REVIEW_AHEAD_MS = 15 * 60_000;
const BUDGET_AHEAD_MS = 30 * 60_000;

/** Everything that is so about the hold at `now`; the same facts give the same keys. */
export function holdNotices(hold: HoldFacts, now: Date): NoticeDraft[] {
  const what = `${hold.kind === 'reroute' ? 'The reroute' : 'The hold'} of ${hold.flowName} at ${hold.hopId}`;
  const told = (reason: NoticeReason, occasion: string, sentence: string, dueAt: Date | null = null): NoticeDraft => ({
    reason, occasion: `${hold.id} ${occasion}`.trim(), sentence: `${what} ${sentence}`, flowId: hold.flowId, flowName: hold.flowName, operationId: hold.openedBy, holdId: hold.id,
    owner: hold.owner, ownerUser: hold.ownerUser, exceptUser: null, reach: { facilities: null, payers: null }, facts: { ...NO_FACTS, dueAt: dueAt?.toISOString() ?? null },
  });
  if (isOver(hold.state)) {
    return (hold.undecided ?? 0) === 0 ? [] : [told('reroute-undecided', '', 'is over, and its alternate received messages that nobody has decided of. Decide of each on its page: left there, voided there, or sent again.')];
  }
  const since = (at: Date) => now.getTime() - at.getTime();
  const seenAt = hold.verifiedAt ?? hold.requestedAt;
  const reviewInMs = -since(hold.reviewBy);
  const isMeasured = hold.state !== 'requested' && hold.state !== 'releasing';
  const harm = hold.limits.flatMap(({ what: limit, at }) => (at === null || limit === 'review' ? [] : [{ limit, at: new Date(at) }])).toSorted((a, b) => a.at.getTime() - b.at.getTime())[0];
  return [
    ...(hold.state === 'leaking' && hold.leakingSince !== null && hold.unbalanced
      ? [told('reroute-unbalanced', hold.leakingSince.toISOString(), 'does not add up: more messages entered than reached a queue, or some reached two. Its page says how many. Find out why, or restore it.')] : []),
    ...(hold.state === 'leaking' && hold.leakingSince !== null && !hold.unbalanced && since(hold.leakingSince) >= LEAKING_FOR_MS
      ? [told('hold-leaking', hold.leakingSince.toISOString(), `has been leaking since ${minuteWords(hold.leakingSince)}. Look at what passes, then release it or hold it in another way.`)] : []),
    ...(hold.reasserted > 0 ? [told('hold-dropped', String(hold.reasserted), `was not in place any more and was put back (${hold.reasserted} times so far). Find out who takes it away.`)] : []),
    ...(hold.disappeared > 0n ? [told('hold-messages-gone', `gone ${lossLevel(hold.disappeared)}`, `has lost what it kept. ${lossSentence(hold.disappeared)} Find out who, and ask the sender for them.`)] : []),
    ...(isMeasured && since(seenAt) >= UNVERIFIED_FOR_MS
      ? [told('hold-unverified', seenAt.toISOString(), `has not been verified since ${minuteWords(seenAt)}: nobody could measure it. Check it with the native commands of its page.`)] : []),
    ...(reviewInMs > 0 && reviewInMs <= REVIEW_AHEAD_MS ? [told('hold-review-soon', hold.reviewBy.toISOString(), `has to be reviewed by ${minuteWords(hold.reviewBy)}. End it or extend it.`, hold.reviewBy)] : []),
    ...(reviewInMs <= 0 && hold.kind === 'pause' ? [told('hold-review-overdue', hold.reviewBy.toISOString(), `should have been reviewed by ${minuteWords(hold.reviewBy)}. It stays in place until somebody ends or extends it.`, hold.reviewBy)] : []),
    ...(hold.kind === 'reroute' && isMeasured && !hold.endDecided && -reviewInMs >= ENDING_TAKES_MS
      ? [told('reroute-expired', hold.reviewBy.toISOString(), `expired at ${minuteWords(hold.reviewBy)}, and it was neither restored nor decided that it stays. It stays in place until it is restored or extended.`, hold.reviewBy)] : []),
    ...(harm !== undefined && -since(harm.at) <= BUDGET_AHEAD_MS
      ? [told('hold-budget-ending', harm.at.toISOString(), since(harm.at) < 0 ? `does harm from ${minuteWords(harm.at)} on (${harm.limit}). Release it before, or move what waits.` : `has done harm since ${minuteWords(harm.at)} (${harm.limit}). Release it, or move what waits.`, harm.at)] : []),
  ];
}
