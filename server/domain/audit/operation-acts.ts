/** Operations of a period with everybody who had a part in them. */
import { OPERATION_KINDS, requestAction } from '../operations/kinds';
import type { AuditEventView } from './audit-event-view';

type Told = Pick<AuditEventView, 'at' | 'actor' | 'action' | 'subject' | 'flowId' | 'outcome' | 'reason' | 'ticket'>;

export interface OperationActs {
  /** E.g. `operation:0190…`. */
  subject: string;
  flowId: string | null;
  /** First and last event of the period. */
  from: string;
  until: string;
  /** Who asked for it, confirmed it, and let it pass as another person; empty where that lies before the period. */
  requestedBy: string[];
  confirmedBy: string[];
  approvedBy: string[];
  /** Without the second person. */
  emergency: boolean;
  tickets: string[];
  reasons: string[];
  /** Sentences of what was refused. */
  refusals: string[];
  /** The last thing that was done, e.g. `operation.stop`. */
  lastAction: string | null;
}

const REQUESTS: ReadonlySet<string> = new Set(OPERATION_KINDS.map(requestAction));
const isRequest = (action: string) => REQUESTS.has(action);
const isConfirmation = (action: string) => action.startsWith('operation.confirm');
const isApproval = (action: string) => /^operation\.(approve|review)$/.test(action);

/** @param events about operations, in the order of time @returns by their first event, newest first */
export function operationActs(events: readonly Told[]): OperationActs[] {
  const bySubject = new Map<string, Told[]>();
  for (const event of events) bySubject.set(event.subject, [...(bySubject.get(event.subject) ?? []), event]);
  return [...bySubject].map(([subject, own]): OperationActs => {
    const done = own.filter(({ outcome }) => outcome === 'done');
    const who = (is: (action: string) => boolean) => [...new Set(done.filter(({ action }) => is(action)).map(({ actor }) => actor))];
    return {
      subject, flowId: own.find(({ flowId }) => flowId !== null)?.flowId ?? null, from: own[0]!.at, until: own.at(-1)!.at,
      requestedBy: who(isRequest), confirmedBy: who(isConfirmation), approvedBy: who(isApproval),
      emergency: done.some(({ action }) => action === 'operation.confirm-in-emergency'),
      tickets: distinct(done.map(({ ticket }) => ticket)), reasons: distinct(done.map(({ reason }) => reason)),
      refusals: own.flatMap(({ outcome, reason }) => (outcome === 'refused' && reason !== null ? [reason] : [])),
      lastAction: done.at(-1)?.action ?? null,
    };
  }).toSorted((a, b) => (a.from < b.from ? 1 : -1));
}

function distinct(texts: readonly (string | null)[]): string[] {
  return [...new Set(texts.filter((text): text is string => text !== null && text !== ''))];
}
