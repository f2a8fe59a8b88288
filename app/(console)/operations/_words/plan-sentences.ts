import type { OperationPlan } from '@/server/domain/operations/plan';
import type { CanarySelection, OperationRequest, ReplaySelection, RequestOf } from '@/server/domain/operations/request';
import { whoseWords } from '@/server/domain/operations/enrolment';
import { METHOD_WORDS } from '@/server/domain/operations/kinds';
import { formatInstant } from '../../../_ui/format/instant';
import { countOf, formatCount } from '../../../_ui/format/number';
import { extentWords, messagesOf, named } from './extent-words';

/** The whole plan in one or two sentences: what it does to how much. Everything else explains this. */
export function headline(request: OperationRequest, plan: OperationPlan): string {
  const flow = plan.flowName;
  switch (request.kind) {
    case 'pause':
      if (request.further !== undefined) return `Holds ${flow} at ${request.further.length + 1} hops, one after the other${startWords(request.startAt)}: ${pauseSteps(request).join(', then ')}. ${waitingWords(plan)}`;
      return `Holds ${flow} at ${request.hopId}: ${lowerFirst(METHOD_WORDS[request.method].name)}${startWords(request.startAt)}. ${waitingWords(plan)}`;
    case 'canary':
      return `Lets ${canaryWords(request.which)} pass the hold of ${flow}; everything else stays held. ${countWords(plan.act.waiting)}`;
    case 'release':
      if (request.ramp !== undefined) return `Ends the hold of ${flow} in steps${startWords(request.startAt)}: 1 %, 10 %, then the rest, each only when the one before turned out well${rateWords(request.perSecond)}. ${waitingWords(plan)}`;
      if (plan.parts !== undefined) return `Ends ${plan.parts.length} holds of ${flow}, one after the other${startWords(request.startAt)}: ${plan.parts.map(({ hopId }) => hopId).join(', then ')}. What was held goes on${rateWords(request.perSecond)}. ${waitingWords(plan)}`;
      return `Ends the hold of ${flow}${startWords(request.startAt)}: what was held goes on${rateWords(request.perSecond)}. ${waitingWords(plan)}`;
    case 'replay':
      return `Replays ${extentWords(plan.extent)} of ${flow}, ${replayWay(request)}${rateWords(request.perSecond)}.`;
    case 'reroute':
      return `Leads ${rerouted(request, plan)} of ${flow} to ${plan.alternateName ?? request.alternate}${startWords(request.startAt)} until ${formatInstant(request.reviewBy)}${overWords(request, plan)}. ${reroutedNow(plan)}`;
    case 'restore':
      return `Ends the reroute of ${flow}: ${plan.over == null ? 'messages go to their first target again' : 'new messages are held with the others again'}.`;
  }
}

/** What was asked for, where the headline does not say it: which messages exactly, and what somebody vouches for. */
export function choiceSentences(request: OperationRequest): string[] {
  switch (request.kind) {
    case 'pause':
      return [`Review by ${formatInstant(request.reviewBy)}: its owner must decide anew then.`];
    case 'replay':
      return [
        selectionWords(request.selection),
        ...(request.edit === undefined ? [] : [`It is changed before it is sent: ${request.edit.map(({ at }) => at).join(', ')}.`]),
        ...(request.attestation === undefined ? [] : [`The requester vouches for what no probe can tell, with this reference: ${request.attestation}`]),
        ...(request.overrideUnknown ? ['What ended as unknown before is replayed too: it may already have arrived.'] : []),
      ];
    default:
      return [];
  }
}

/** Whom it touches: facilities and payers by name, and how many items nobody can place. */
export function dimensionSentences({ dimensions }: OperationPlan): string[] {
  const { facilities, payers, unknownFacility, unknownPayer } = dimensions;
  return [
    ...(facilities.length === 0 ? [] : [`${countOf(facilities.length, 'facility', 'facilities')}: ${named(facilities)}.`]),
    ...(payers.length === 0 ? [] : [`${countOf(payers.length, 'payer')}: ${named(payers)}.`]),
    ...(unknownFacility === 0 ? [] : [`The facility of ${messagesOf(`${unknownFacility}`)} is not known.`]),
    ...(unknownPayer === 0 ? [] : [`The payer of ${messagesOf(`${unknownPayer}`)} is not known.`]),
  ];
}

const DELIVERY: Record<OperationPlan['act']['guarantee']['delivery'], string> = {
  'exactly-once': 'Exactly once: nothing is lost and nothing is sent twice.',
  'at-least-once': 'At least once: nothing is lost, and something may arrive twice.',
  'not-applicable': 'Nothing is sent by this.',
};

/** What is promised, as terms with a sentence each; terms without a sentence are left out. */
export function guaranteeTerms({ act: { guarantee } }: OperationPlan): { term: string; sentence: string }[] {
  return [
    { term: 'Delivery', sentence: DELIVERY[guarantee.delivery] },
    { term: 'Order', sentence: guarantee.order },
    { term: 'After a restart', sentence: guarantee.survivesRestart },
    { term: 'On their way now', sentence: guarantee.inFlight },
  ].filter(({ sentence }) => sentence !== '');
}

/** What may arrive twice, in one sentence; null where the plan has no such thing. */
export function duplicateSentence({ act, possibleDuplicates }: OperationPlan): string | null {
  if (possibleDuplicates !== null && possibleDuplicates.messages !== '0') {
    return `Possible duplicates: ${extentWords(possibleDuplicates)} may already have been processed and will be delivered again.${note(possibleDuplicates.note)}`;
  }
  if (act.unsettled !== null && act.unsettled !== '0') {
    return `Possible duplicates: ${messagesOf(act.unsettled)} ${act.unsettled === '1' ? 'is' : 'are'} taken and not settled, and may be delivered again.`;
  }
  return null;
}

/** Messages that the plan leaves alone, counted. */
export function notEligibleCount({ items }: OperationPlan): number {
  return items.notEligible.reduce((sum, { count }) => sum + count, 0);
}

/** `3fa94c1e…`: enough of a hash to compare with somebody on the phone. */
export function shortHash(hash: string): string {
  return `${hash.slice(0, 8)}…`;
}

function waitingWords({ act, extent }: OperationPlan): string {
  if (extent.messages !== null && extent.messages !== '0') return `It reaches ${extentWords(extent)} now.`;
  return countWords(act.waiting);
}

function countWords(waiting: string | null): string {
  if (waiting === null) return 'How many messages wait there is not known.';
  return waiting === '0' ? 'Nothing waits there now.' : `${messagesOf(waiting)} ${waiting === '1' ? 'waits' : 'wait'} there now.`;
}

function pauseSteps({ hopId, method, further = [] }: RequestOf<'pause'>): string[] {
  return [{ hopId, method }, ...further].map((step) => `${step.hopId} (${lowerFirst(METHOD_WORDS[step.method].name)})`);
}

function canaryWords(which: CanarySelection): string {
  if (which.by === 'count') return which.count === 1 ? 'one message' : `${formatCount(which.count)} messages`;
  const whose = which.by === 'payer' ? `payer ${which.payer}` : `facility ${which.facility}`;
  return `at most ${messagesOf(`${which.atMost}`)} of ${whose}`;
}

function selectionWords(selection: ReplaySelection): string {
  if (selection.by === 'items') return `Chosen: ${messagesOf(`${selection.itemKeys.length}`)}, one by one.`;
  const window = `that failed from ${formatInstant(selection.failedFrom)} until ${formatInstant(selection.failedUntil)}`;
  if (selection.by === 'all') return `Chosen: all messages ${window}.`;
  const { reason, payer, facility, caseToken } = selection.filter;
  const conditions = [...one('reason', reason), ...one('payer', payer), ...one('facility', facility), ...(caseToken === undefined ? [] : ['one case'])];
  return `Chosen: messages of ${named(conditions)} ${window}.`;
}

function one(word: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${word} ${value}`];
}

function replayWay({ to }: RequestOf<'replay'>): string {
  return to === 'queue' ? 'to the one place where they failed' : 'through the exchange again, to everybody who is bound there';
}

/** Whose messages go elsewhere: theirs alone where somebody is named, else of all who are enrolled. */
function rerouted({ only }: RequestOf<'reroute'>, { enrolled }: OperationPlan): string {
  if (only !== undefined) return `messages of ${whoseWords(only)}`;
  return enrolled == null ? 'all messages' : `messages of ${named(enrolled.map(whoseWords))}`;
}

/** What lies below keeps everybody else. */
function overWords({ only }: RequestOf<'reroute'>, { over, enrolled }: OperationPlan): string {
  if (over == null) return '';
  return only === undefined && enrolled == null ? ', over its hold' : '; everybody else stays held';
}

/** Over a hold, what waits there goes along or stays. */
function reroutedNow(plan: OperationPlan): string {
  const { act: { waiting }, extent: { messages }, over } = plan;
  if (over == null || waiting === null || waiting === '0') return waitingWords(plan);
  const held = `${messagesOf(waiting)} ${waiting === '1' ? 'is' : 'are'} held now`;
  if (messages === null) return `${held}; those of them that are eligible go along.`;
  if (messages === '0') return `${held} and ${waiting === '1' ? 'stays' : 'stay'} so.`;
  return `${held}, of which ${extentWords(plan.extent)} ${messages === '1' ? 'goes' : 'go'} along.`;
}

function startWords(startAt: string | undefined): string {
  return startAt === undefined ? '' : `, beginning ${formatInstant(startAt)}`;
}

function rateWords(perSecond: number | undefined): string {
  return perSecond === undefined ? '' : `, at most ${formatCount(perSecond)} per second`;
}

function note(text: string): string {
  return text === '' ? '' : ` ${text}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
