/** What asking a precondition came to. A precondition holds when a probe proved it; everything else is "not proven". */
import type { Precondition } from '../../contracts/flow-schema';

export type Check = Precondition['check'];

export interface Verdict {
  holds: boolean;
  /** One sentence that names the check, the source and its answer, and never a business value: it is stored and shown. */
  evidence: string;
  /** Whoever was asked said nothing at all. */
  isSilent?: true;
  askedAt: Date;
}

/** A verdict before it has its time. */
export type Judgement = Omit<Verdict, 'askedAt'>;

/** What is true when the check holds, and when it does not. */
const MEANING: Record<Check, { holds: string; fails: string }> = {
  'target-absence-proven': { holds: 'the target does not have it', fails: 'the target already has it' },
  'ack-rejected': { holds: 'the receiver has rejected it', fails: 'the receiver has not rejected it' },
  'control-number-reissued': { holds: 'its control number was issued anew', fails: 'its control number was not issued anew' },
  'amount-hash-unchanged': { holds: 'its amount is unchanged', fails: 'its amount has changed' },
  'within-filing-window': { holds: 'the filing window is open', fails: 'the filing window is not open' },
  'period-open': { holds: 'the period is open', fails: 'the period is not open' },
  'not-voided': { holds: 'it was not voided', fails: 'it was voided' },
  'dry-run-clean': { holds: 'the dry run was clean', fails: 'the dry run was not clean' },
};

/** What to do about a check that no probe can answer. */
const UNPROBED: Record<Check, string> = {
  'target-absence-proven': 'Only the target can tell whether it has the message already: add a probe that looks it up.',
  'ack-rejected': 'Only the acknowledgement can tell: add a probe that reads it.',
  'control-number-reissued': 'Signalbox issues no control numbers: the sender has to, and a probe has to tell that it did.',
  'amount-hash-unchanged': 'Signalbox keeps no message to compare with: the sender has to tell by a probe that the amount is the same.',
  'within-filing-window': 'The window is set by the payer and the date of service: add a probe that tells whether it is open.',
  'period-open': 'Only the ledger knows its periods: add a probe that asks it.',
  'not-voided': 'Only the system of record can tell whether it was voided: add a probe that asks it.',
  'dry-run-clean': 'Nothing was tried: add a probe that reads the result of a dry run.',
};

/** @param answered who answered what, e.g. `erp-api answered 404` */
export function proven(check: Check, answered: string): Judgement {
  return { holds: true, evidence: `${answered}: ${MEANING[check].holds} (${check}).` };
}

/** The probe answered, and the answer is no. */
export function disproven(check: Check, answered: string): Judgement {
  return { holds: false, evidence: `${answered}: ${MEANING[check].fails} (${check}).` };
}

/** Nobody can tell. @param why a clause without a full stop, e.g. `erp-api did not answer within 3 s` */
export function unproven(check: Check, why: string): Judgement {
  return { holds: false, evidence: `${why}, so ${check} is not proven.` };
}

/** Whoever was asked said nothing. @param why as for {@link unproven} */
export function unanswered(check: Check, why: string): Judgement {
  return { ...unproven(check, why), isSilent: true };
}

export function withoutProbe(check: Check): Judgement {
  return { holds: false, evidence: `The contract demands ${check} and names no probe for it. ${UNPROBED[check]}` };
}
