/** `kind: Process`: the steps a case goes through, and what proves that a step happened. */
import { z } from 'zod';
import { apiVersion, calendar, displayName, durationOrDayTime, evidenceLeg, fieldName, nativeText, oneOrMore, origin, sentence, slug, version } from './scalars';

const eventType = z.string().regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/, { error: 'must be an event type such as claim.ack.999.v1' });

/** Either a leg of a hop of a flow, or an event type with the values that its fields must have. */
const evidence = z.union([
  z.strictObject({ flow: slug, hop: slug, leg: evidenceLeg }),
  z.strictObject({ event: eventType, where: z.record(fieldName, oneOrMore(nativeText)).optional() }),
]);

const step = z.strictObject({
  id: slug,
  name: displayName.optional(),
  after: z.array(slug).default([]),
  evidence: z.array(evidence).default([]),
  deadline: durationOrDayTime.optional(),
  calendar: calendar.optional(),
  origin: origin.optional(),
  /** The outcome of the case when this step has happened. */
  terminal: slug.optional(),
}).transform((value) => ({ ...value, name: value.name ?? value.id }));

const steps = z.array(step).min(1, { error: 'needs at least one step' });

export const processSchema = z.strictObject({
  apiVersion,
  kind: z.literal('Process'),
  metadata: z.strictObject({
    id: slug,
    name: displayName.optional(),
    version: version.default('0.0.0'),
    description: sentence.optional(),
    owner: z.strictObject({ business: slug.optional(), technical: slug.optional(), oncall: slug.optional() }).default({}),
  }).transform((value) => ({ ...value, name: value.name ?? value.id })),
  spec: z.strictObject({
    caseKey: fieldName,
    steps,
    terminals: z.array(z.strictObject({ on: evidence, outcome: slug })).default([]),
    /** Other keys of the same case: `on` pairs a field there with a field here. */
    joins: z.array(z.strictObject({ to: slug, on: z.record(fieldName, fieldName) })).default([]),
    /** Cases that go another way, recognised by field values. */
    variants: z.array(z.strictObject({ id: slug, name: displayName.optional(), when: z.record(fieldName, oneOrMore(nativeText)), steps })).default([]),
  }),
});

export type ProcessContract = z.infer<typeof processSchema>;
export type ProcessStep = ProcessContract['spec']['steps'][number];
export type StepEvidence = ProcessStep['evidence'][number];
