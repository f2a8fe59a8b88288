/** What the answer of an HTTP target proves. */
import type { Precondition } from '../../contracts/flow-schema';
import { scalarAt } from './json-pointer';
import { disproven, proven, unproven, type Check, type Judgement } from './verdict';

export type HttpProbe = Extract<NonNullable<Precondition['probe']>, { http: string }>;

/** `body` is undefined where the probe did not ask for one. */
export interface HttpAnswer {
  status: number;
  body: { json: unknown } | { problem: string } | undefined;
}

/** Whether the probe judges by what the answer says, and not by its status alone. */
export function needsBody({ absentWhen, absentSays, openWhen }: HttpProbe, status: number): boolean {
  return (isAbsence(absentWhen, status) && absentSays !== undefined) || (isSuccess(status) && openWhen !== undefined);
}

/**
 * A status that the contract names means absent, 2xx means present, and nothing else is an answer: who redirects, refuses
 * or fails has not looked. With `openWhen`, what is present holds while it says so.
 */
export function judgeAnswer(check: Check, sourceId: string, probe: HttpProbe, { status, body }: HttpAnswer): Judgement {
  const { absentWhen, absentSays, openWhen } = probe;
  const answered = `${sourceId} answered ${status}`;
  if (absentWhen === undefined && openWhen === undefined) return unproven(check, 'The probe says neither absentWhen nor openWhen');
  if (status >= 300 && status < 400) return unproven(check, `${answered}, which sends us elsewhere, and probes do not follow`);
  if (isAbsence(absentWhen, status)) {
    if (absentSays === undefined) return proven(check, answered);
    const said = says(absentSays, body);
    if (said === true) return proven(check, answered);
    return unproven(check, said === false ? `${answered}, but not with what the contract expects of an answer about the message itself (${namesOf(absentSays)})` : `${answered}, but ${said}`);
  }
  if (!isSuccess(status)) return unproven(check, `${answered}, which is no answer to the question`);
  if (openWhen === undefined) return disproven(check, answered);
  const said = says(openWhen, body);
  if (said === true) return proven(check, answered);
  return said === false ? disproven(check, `${answered}, but not with what the contract expects (${namesOf(openWhen)})`) : unproven(check, `${answered}, but ${said}`);
}

/** @returns a clause where nobody can tell */
export function says(expected: Readonly<Record<string, string>>, body: HttpAnswer['body']): boolean | string {
  if (body === undefined) return 'without a body';
  if ('problem' in body) return body.problem;
  const found = Object.entries(expected).map(([pointer, value]) => ({ value, actual: scalarAt(body.json, pointer) }));
  if (found.length === 0) return 'the contract names nothing that it should say';
  if (found.some(({ actual }) => actual === undefined)) return `it says nothing at ${namesOf(expected)}`;
  return found.every(({ value, actual }) => value === actual);
}

export function namesOf(expected: Readonly<Record<string, string>>): string {
  return Object.keys(expected).join(' and ');
}

const isAbsence = (absentWhen: readonly number[] | undefined, status: number): boolean => absentWhen?.includes(status) === true;
export const isSuccess = (status: number): boolean => status >= 200 && status < 300;
