/** The small vocabulary that all contract documents share: ids, names, durations, money, versions. */
import { z } from 'zod';
import { durationProblem } from './iso-duration';

const matching = (pattern: RegExp, describe: (value: string) => string) =>
  z.string().superRefine((value, context) => {
    if (!pattern.test(value)) context.addIssue({ code: 'custom', message: describe(value) });
  });

const API_VERSION = 'signalbox/v1';
export const apiVersion = z.literal(API_VERSION, { error: `apiVersion must be ${API_VERSION}` });

/** Ids of flows, hops, systems, sources, processes, steps, facilities, payers, suppliers, teams. */
export const slug = matching(/^[a-z0-9][a-z0-9-]{0,63}$/, (value) => `"${value}" is not an id: use 1 to 64 of a-z, 0-9 and "-", starting with a letter or digit`);

/** Names of fields: the business keys and dimensions that a contract reads from a message. */
export const fieldName = matching(/^[a-z][A-Za-z0-9]{0,63}$/, (value) => `"${value}" is not a field name: use letters and digits, starting with a lower-case letter`);

export const displayName = z.string().trim().min(1, { error: 'must not be empty' }).max(200, { error: 'is longer than 200 characters' });
export const sentence = z.string().trim().min(1, { error: 'must not be empty' }).max(1000, { error: 'is longer than 1000 characters' });

/** Text compared with what telemetry carries. YAML reads unquoted digits as a number and drops leading zeros, so those are refused. */
export const nativeText = z.string({ error: (issue) => (typeof issue.input === 'string' ? undefined : 'must be text: put the value in quotes') })
  .min(1, { error: 'must not be empty' }).max(200, { error: 'is longer than 200 characters' });

export const version = matching(/^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})(-[0-9A-Za-z.-]{1,40})?$/, (value) => `"${value}" is not a version: use major.minor.patch, e.g. 1.3.0`);

export const duration = z.string().superRefine((value, context) => {
  const problem = durationProblem(value);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

/** A duration, or a time of the next day in the hospital's zone (`next-day 06:00`). */
export const durationOrDayTime = z.string().superRefine((value, context) => {
  if (/^next-day ([01]\d|2[0-3]):[0-5]\d$/.test(value)) return;
  const problem = durationProblem(value);
  if (problem) context.addIssue({ code: 'custom', message: `${problem}, or next-day 06:00` });
});

export const currency = matching(/^[A-Z]{3}$/, (value) => `"${value}" is not a currency: use the ISO 4217 code, e.g. USD`);

const decimalAmount = z.string({ error: 'must be a decimal in quotes, e.g. "250000.00"' })
  .regex(/^\d{1,14}(\.\d{1,4})?$/, { error: 'must be a decimal with at most four places in quotes, e.g. "250000.00"' });
export const money = z.strictObject({ amount: decimalAmount, currency });

export const criticality = z.enum(['C1', 'C2', 'C3', 'C4']);
/** Which clock a deadline runs on: all hours, business days, or the payer's own cycle. */
export const calendar = z.enum(['elapsed', 'business-days', 'payer-cycle']);
/** Where a number comes from, shown beside it so that a default is never taken for a rule. */
export const origin = z.enum(['regulation', 'operating-rule', 'benchmark', 'design-default']);
/** A leg as evidence: the message entered the hop or left it. */
export const evidenceLeg = z.enum(['enter', 'leave']);

export const spanKind = z.enum(['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer']);

/** One value or a list of them; always a list after parsing. */
export const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item).min(1, { error: 'must not be an empty list' }));
