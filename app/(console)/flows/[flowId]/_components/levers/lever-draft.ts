import { actsOnHold, type HoldMethod, type OperationKind } from '@/server/domain/operations/kinds';
import { operationRequest, type OperationRequest } from '@/server/domain/operations/request';
import { fromLocalField, toLocalField } from '../../../../../_ui/form/local-time';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The product's own longest hold, where a contract names none. */
export const LONGEST_HOLD_MS = 8 * HOUR_MS;
const FIRST_REVIEW_MS = 4 * HOUR_MS;
const FIRST_WINDOW_MS = 30 * DAY_MS;

/** What the choose step has on its form: text as it is typed, times in the viewer's zone. */
export interface LeverDraft {
  kind: OperationKind;
  flowId: string;
  hopId: string;
  method: HoldMethod | '';
  holdId: string;
  reviewBy: string;
  /** Empty: at once. */
  startAt: string;
  perSecond: string;
  /** Of a release. */
  pace: 'at-once' | 'ramp';
  /** Of a ramp; empty: the contract's last stage. */
  stage: string;
  /** Of a ramp where the contract names no stage; empty: a minute. */
  quietSeconds: string;
  tolerate: string;
  canaryBy: 'count' | 'payer' | 'facility';
  count: string;
  selectBy: 'all' | 'filter' | 'items';
  itemKeys: readonly string[];
  failedFrom: string;
  failedUntil: string;
  reason: string;
  payer: string;
  facility: string;
  to: 'queue' | 'exchange';
  attestation: string;
  overrideUnknown: boolean;
  /** New values by place, of one message; kept in this form only. */
  edits: Readonly<Record<string, string>>;
  alternate: string;
  /** Of a pause: channels that are held after it, in this order. */
  further: readonly FurtherStep[];
  /** Of a release: holds that are released after it, in this order. */
  furtherHolds: readonly string[];
}

export interface FurtherStep {
  hopId: string;
  method: HoldMethod | '';
}

/** A form as it is opened: the careful choice of everything. Times are frozen here, so that no window moves. */
export function newDraft(about: Pick<LeverDraft, 'kind' | 'flowId' | 'hopId'>, nowMs: number, maxHoldMs: number | null): LeverDraft {
  const review = Math.min(maxHoldMs ?? LONGEST_HOLD_MS, FIRST_REVIEW_MS);
  return {
    ...about, method: '', holdId: '', reviewBy: toLocalField(nowMs + review), startAt: '', perSecond: '', pace: 'at-once', stage: '', quietSeconds: '', tolerate: '0', canaryBy: 'count', count: '1',
    selectBy: 'filter', itemKeys: [], failedFrom: toLocalField(nowMs - FIRST_WINDOW_MS), failedUntil: toLocalField(nowMs + 1000, true),
    reason: '', payer: '', facility: '', to: 'queue', attestation: '', overrideUnknown: false, edits: {}, alternate: '', further: [], furtherHolds: [],
  };
}

/** The form of something that was asked for before, to ask for it a little differently. */
export function draftOf(request: OperationRequest, base: LeverDraft): LeverDraft {
  const draft: LeverDraft = { ...base, kind: request.kind, flowId: request.flowId, hopId: request.hopId };
  const local = (instant: string | undefined) => (instant === undefined ? '' : toLocalField(Date.parse(instant), true));
  switch (request.kind) {
    case 'pause':
      return { ...draft, method: request.method, reviewBy: local(request.reviewBy), startAt: local(request.startAt), further: request.further ?? [] };
    case 'canary': {
      const { which } = request;
      const count = `${which.by === 'count' ? which.count : which.atMost}`;
      return { ...draft, holdId: request.holdId, canaryBy: which.by, count, payer: which.by === 'payer' ? which.payer : '', facility: which.by === 'facility' ? which.facility : '' };
    }
    case 'release':
      return {
        ...draft, holdId: request.holdId, perSecond: `${request.perSecond ?? ''}`, startAt: local(request.startAt), furtherHolds: request.further ?? [],
        pace: request.ramp === undefined ? 'at-once' : 'ramp', stage: request.ramp?.stage ?? '', quietSeconds: `${request.ramp?.quietSeconds ?? ''}`, tolerate: `${request.ramp?.tolerate ?? 0}`,
      };
    case 'replay': {
      const { selection } = request;
      const filter = selection.by === 'filter' ? selection.filter : {};
      return {
        ...draft, selectBy: selection.by, to: request.to, perSecond: `${request.perSecond ?? ''}`, attestation: request.attestation ?? '', overrideUnknown: request.overrideUnknown,
        itemKeys: selection.by === 'items' ? selection.itemKeys : [],
        // Values are not given back: the places stand there to be filled in again.
        edits: Object.fromEntries((request.edit ?? []).map(({ at }) => [at, ''])),
        ...(selection.by === 'items' ? {} : { failedFrom: local(selection.failedFrom), failedUntil: local(selection.failedUntil) }),
        reason: filter.reason ?? '', payer: filter.payer ?? '', facility: filter.facility ?? '',
      };
    }
    case 'reroute':
      return { ...draft, alternate: request.alternate, payer: request.only?.payer ?? '', facility: request.only?.facility ?? '', reviewBy: local(request.reviewBy), startAt: local(request.startAt), perSecond: `${request.perSecond ?? ''}` };
    case 'restore':
      return { ...draft, holdId: request.holdId };
  }
}

/** What is wrong, by the path of the field in the request, e.g. `selection.filter`. */
export type DraftProblems = Readonly<Record<string, string>>;

/** The request that a form asks for, or what has to be corrected first. */
export function requestOf(draft: LeverDraft, id: string): { request: OperationRequest; problems: null } | { request: null; problems: DraftProblems } {
  if (editable(draft) && Object.values(draft.edits).includes('')) return { request: null, problems: { edit: 'fill in the new value of each place that is chosen, or choose it no more' } };
  const parsed = operationRequest.safeParse({ kind: draft.kind, id, flowId: draft.flowId, hopId: draft.hopId, ...partOf(draft) });
  if (parsed.success) return { request: parsed.data, problems: null };
  const problems: Record<string, string> = {};
  for (const issue of parsed.error.issues) problems[issue.path.join('.')] ??= words(issue.path.join('.'), issue.code, issue.message);
  return { request: null, problems };
}

function partOf(draft: LeverDraft): Record<string, unknown> {
  const startAt = draft.startAt === '' ? {} : { startAt: fromLocalField(draft.startAt) };
  const perSecond = draft.perSecond.trim() === '' ? {} : { perSecond: numberOf(draft.perSecond) };
  const reviewBy = fromLocalField(draft.reviewBy);
  if (actsOnHold(draft.kind)) {
    const held = { holdId: draft.holdId };
    if (draft.kind === 'canary') return { ...held, which: whichOf(draft) };
    return draft.kind === 'release' ? { ...held, ...perSecond, ...rampOf(draft), ...startAt, ...furtherHoldsOf(draft) } : held;
  }
  switch (draft.kind) {
    case 'pause':
      return { method: draft.method, reviewBy, ...startAt, ...(draft.further.length === 0 ? {} : { further: draft.further }) };
    case 'reroute': {
      const only = given({ payer: draft.payer, facility: draft.facility });
      return { alternate: draft.alternate, reviewBy, ...startAt, ...perSecond, ...(Object.keys(only).length === 0 ? {} : { only }) };
    }
    default:
      return { selection: selectionOf(draft), to: draft.to, ...perSecond, ...given({ attestation: draft.attestation }), ...editOf(draft), overrideUnknown: draft.overrideUnknown };
  }
}

/** Whether the form is about one picked message. */
function editable({ kind, selectBy, itemKeys }: LeverDraft): boolean {
  return kind === 'replay' && selectBy === 'items' && itemKeys.length === 1;
}

function editOf(draft: LeverDraft): Record<string, unknown> {
  const edit = Object.entries(draft.edits).map(([at, to]) => ({ at, to }));
  return editable(draft) && edit.length > 0 ? { edit } : {};
}

function rampOf({ pace, stage, quietSeconds, tolerate }: LeverDraft): Record<string, unknown> {
  if (pace === 'at-once') return {};
  return { ramp: { ...given({ stage }), ...(quietSeconds.trim() === '' ? {} : { quietSeconds: numberOf(quietSeconds) }), tolerate: tolerate.trim() === '' ? 0 : numberOf(tolerate) } };
}

/** A ramp acts on one hold. */
function furtherHoldsOf({ pace, furtherHolds }: LeverDraft): { further?: readonly string[] } {
  return pace === 'ramp' || furtherHolds.length === 0 ? {} : { further: furtherHolds };
}

function whichOf({ canaryBy, count, payer, facility }: LeverDraft): unknown {
  if (canaryBy === 'count') return { by: canaryBy, count: numberOf(count) };
  return { by: canaryBy, [canaryBy]: (canaryBy === 'payer' ? payer : facility).trim(), atMost: numberOf(count) };
}

function selectionOf({ selectBy, itemKeys, failedFrom, failedUntil, reason, payer, facility }: LeverDraft): unknown {
  if (selectBy === 'items') return { by: selectBy, itemKeys };
  const window = { failedFrom: fromLocalField(failedFrom), failedUntil: fromLocalField(failedUntil) };
  return selectBy === 'all' ? { by: selectBy, ...window } : { by: selectBy, ...window, filter: given({ reason, payer, facility }) };
}

/** The fields that something was written into. */
function given(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).flatMap(([name, text]) => (text.trim() === '' ? [] : [[name, text.trim()]])));
}

/** Not a number: the text itself, which the check refuses. */
function numberOf(text: string): number | string {
  return /^\d+$/.test(text.trim()) ? Number(text.trim()) : text;
}

/** The sentence of a problem; the words of programmers are replaced. */
function words(path: string, code: string, message: string): string {
  if (/(^|\.)method$/.test(path)) return 'choose how to hold it';
  if (path === 'alternate') return 'choose where to lead messages';
  if (path === 'holdId') return 'choose which hold';
  if (path === 'selection.itemKeys') return 'select at least one failed message, and at most 10,000';
  if (/(payer|facility)$/.test(path)) return 'must be named';
  if (/(perSecond|count|atMost)$/.test(path)) return 'must be a whole number from 1 to 10,000';
  if (path === 'ramp.quietSeconds') return 'must be a whole number of seconds from 5 to 3,600';
  if (path === 'ramp.tolerate') return 'must be a whole number from 0 to 1,000';
  return code === 'invalid_type' ? 'must be filled in' : message;
}
