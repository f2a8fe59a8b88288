/** `kind: Flow`: one integration path with its owner, service levels, keys and recovery rules. */
import { z } from 'zod';
import { channelSchema } from './channel';
import { apiVersion, calendar, criticality, currency, displayName, duration, evidenceLeg, fieldName, money, nativeText, oneOrMore, origin, sentence, slug, spanKind, version } from './scalars';
import { selectorText, spanSelectorText } from './selector';

const when = z.record(spanSelectorText, oneOrMore(nativeText));

const legMatcher = z.strictObject({
  spanKind: oneOrMore(spanKind),
  service: oneOrMore(nativeText).optional(),
  name: oneOrMore(nativeText).optional(),
  when: when.optional(),
});
export type LegMatcher = z.infer<typeof legMatcher>;

const legs = z.strictObject({ enter: legMatcher.optional(), leave: legMatcher.optional(), attempt: legMatcher.optional() });

const hop = z.strictObject({
  id: slug,
  name: displayName.optional(),
  channel: channelSchema,
  /** The system that takes messages from the channel. */
  takenBy: slug.optional(),
  when: when.optional(),
  legs: legs.optional(),
}).transform((value) => ({ ...value, name: value.name ?? value.id }));

const field = z.strictObject({
  from: z.array(selectorText).min(1, { error: 'needs at least one selector' }),
  lookup: slug.optional(),
  /** The value identifies a person or an account: stored as a keyed token only. */
  token: z.boolean().optional(),
  /** The value is the key of the process case. */
  case: z.boolean().optional(),
  /** How letters are unified before a key is compared or made a token. */
  letters: z.enum(['upper', 'lower']).optional(),
  currency: currency.optional(),
  meaning: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, { error: 'must be a name such as inventory_value' }).optional(),
});

const team = slug;

const metadata = z.strictObject({
  id: slug,
  name: displayName.optional(),
  version: version.default('0.0.0'),
  lifecycle: z.enum(['draft', 'active', 'deprecated', 'retired']).default('draft'),
  description: sentence.optional(),
  owner: z.strictObject({ business: team.optional(), technical: team.optional(), oncall: team.optional() }).default({}),
  runbook: z.url({ protocol: /^https?$/, error: 'must be a link that starts with https://' }).optional(),
  tags: z.array(slug).optional(),
  /** Last day of a deprecated flow. */
  sunset: z.iso.date({ error: 'must be a date, e.g. 2027-03-31' }).optional(),
}).transform((value) => ({ ...value, name: value.name ?? value.id }));

const slo = z.strictObject({
  objective: z.number().gt(0.5, { error: 'must be above 0.5' }).lt(1, { error: 'must be below 1, e.g. 0.995' }).optional(),
  window: duration.optional(),
  deadline: duration.optional(),
  calendar: calendar.optional(),
  latency: z.strictObject({ p50: duration.optional(), p95: duration.optional(), p99: duration.optional() }).optional(),
  backlog: z.strictObject({
    warn: z.int().positive().optional(), page: z.int().positive().optional(),
    oldestWarn: duration.optional(), oldestPage: duration.optional(),
  }).optional(),
  origin: origin.optional(),
});

const idempotency = z.strictObject({
  key: z.array(fieldName).min(1),
  scope: z.enum(['target', 'flow']),
  retention: duration,
  onDuplicate: z.enum(['return-original', 'exception-queue', 'reject', 'ignore']),
});

/** How a client that asks the cooperative gate behaves, and how a hold by it is verified. */
const gate = z.strictObject({
  /** So long a client keeps to its last answer while it gets no new one. */
  maxStale: duration.default('PT5M'),
  /** What the client does after that. */
  onUnavailable: z.enum(['open', 'closed']),
  /** So long nothing may pass before a hold counts as verified. */
  verifyAfter: duration.default('PT1M'),
});

const pause = z.strictObject({
  allowed: z.boolean(),
  /** drain: stop intake and let what waits go through. hold: stop the consumer and let messages wait. */
  prefer: z.enum(['drain', 'hold']).optional(),
  maxHold: duration.optional(),
  reason: sentence.optional(),
  gate: gate.optional(),
});

const pointers = z.record(z.string().startsWith('/', { error: 'must be a JSON Pointer that starts with "/"' }), nativeText);

const probe = z.union([
  z.strictObject({
    http: z.string().regex(/^(GET|HEAD) [a-z0-9][a-z0-9-]{0,63}:\/\S*$/, { error: 'must read like "GET erp-api:/inventory/v2/issues/{usageLine}": a probe only reads' }),
    absentWhen: oneOrMore(z.int().min(100).max(599)).optional(),
    /** What an answer with such a status also has to say: a route that is gone answers 404 as well. */
    absentSays: pointers.optional(),
    openWhen: pointers.optional(),
  }),
  z.strictObject({ source: slug, sql: sentence, absentWhen: z.enum(['no-rows', 'rows']) }),
  z.strictObject({ caseStep: z.strictObject({ process: slug, step: slug, reached: z.boolean() }) }),
]);

const precondition = z.strictObject({
  check: z.enum(['target-absence-proven', 'ack-rejected', 'control-number-reissued', 'amount-hash-unchanged', 'within-filing-window', 'period-open', 'not-voided', 'dry-run-clean']),
  probe: probe.optional(),
});
export type Precondition = z.infer<typeof precondition>;

const evidence = { flow: slug, hop: slug, leg: evidenceLeg, within: duration };
/** What proves the business result: one piece of evidence, or several in the order in which they are due, each counted from the sending. */
const confirm = z.union([
  z.strictObject(evidence),
  z.strictObject({ stages: z.array(z.strictObject({ name: displayName, ...evidence })).min(1, { error: 'needs at least one stage' }).max(10, { error: 'has more than 10 stages' }) }),
]);

/** Header names that belong to the broker, to us, or route the message; and those under which a selector reads a property, not a header. */
const NOT_EDITABLE = /^header:(?:x-death|x-first-death-.*|x-signalbox-.*|cc|bcc|content_type|content_encoding|priority|correlation_id|reply_to|expiration|message_id|timestamp|type|user_id|app_id)$/i;

const editable = selectorText.refine((text) => /^(?:body|header):/.test(text), { error: 'must be body: with a JSON Pointer or header: with a name' })
  .refine((text) => !NOT_EDITABLE.test(text), { error: 'is set by the broker, by Signalbox or by the sender for the broker, and is never changed' });

/** Places of a dead letter that may be changed before it is replayed. */
const edit = z.strictObject({
  allowed: z.array(editable).min(1, { error: 'must name at least one place; leave edit out where nothing may be changed' }).max(50, { error: 'names more than 50 places' }),
  approval: z.enum(['none', 'four-eyes']).default('four-eyes'),
});

const replay = z.strictObject({
  /** R0 never · R1 guarded · R2 idempotent · R3 free. */
  class: z.enum(['R0', 'R1', 'R2', 'R3']),
  approval: z.enum(['none', 'four-eyes', 'forbidden']),
  maxBatch: z.int().positive().optional(),
  maxAmount: money.optional(),
  rate: z.string().regex(/^[1-9]\d{0,5}\/(s|min|h)$/, { error: 'must be a count per s, min or h, e.g. 300/min' }).optional(),
  order: z.enum(['fifo', 'fifo-per-key', 'any']).optional(),
  orderKey: z.array(fieldName).min(1).optional(),
  maxAge: duration.optional(),
  preconditions: z.array(precondition).optional(),
  confirm: confirm.optional(),
  edit: edit.optional(),
  /** What to do where a replay would be wrong, in words for the person on call. */
  insteadOfReplay: sentence.optional(),
});

const enrolledSince = { from: z.iso.date(), until: z.iso.date().optional() };
const alternate = z.strictObject({
  id: slug,
  name: displayName.optional(),
  channel: channelSchema,
  enrolled: z.strictObject(enrolledSince).optional(),
  /** Whose messages it takes; absent: everybody's. */
  enrolments: z.array(z.strictObject({ payer: nativeText.optional(), facility: nativeText.optional(), ...enrolledSince })).min(1, { error: 'needs at least one entry; leave it out where everybody is enrolled' }).optional(),
});
export type Alternate = z.infer<typeof alternate>;

const httpQuestionText = z.string().regex(/^(GET|HEAD) [a-z0-9][a-z0-9-]{0,63}:\/\S*$/, { error: 'must read like "GET erp-api:/health": a probe only reads' });
/** Whether the primary takes messages again; it is about no single message, so it names no {field}. */
const primaryProbe = z.union([
  z.strictObject({ http: httpQuestionText, openWhen: pointers.optional() }),
  z.strictObject({ source: slug, sql: sentence, passesWhen: z.enum(['rows', 'no-rows']) }),
  /** So many consumers are connected to the primary's queue. */
  z.strictObject({ consumers: z.int().min(1).max(1_000) }),
]);
export type PrimaryProbe = z.infer<typeof primaryProbe>;

const reroute = z.strictObject({
  allowed: z.boolean(),
  approval: z.enum(['none', 'four-eyes', 'forbidden']).default('four-eyes'),
  /** The longest time until somebody must decide anew. */
  maxDuration: duration.optional(),
  reason: sentence.optional(),
  alternates: z.array(alternate).optional(),
  /** Asked when a reroute expires: it ends by itself only when this passes. */
  primaryProbe: primaryProbe.optional(),
});

const deadLetter = z.strictObject({
  triage: duration.optional(),
  retention: duration.optional(),
  reasons: z.array(z.strictObject({
    code: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, { error: 'must be a code such as ITEM_NOT_MAPPED' }),
    retryable: z.boolean(),
    route: team,
    /** The receiver says by it that it has the message already: nothing is missing, and sending again is wrong. */
    duplicate: z.boolean().optional(),
    /** How the telemetry writes this reason where it does not use the code itself. */
    native: z.array(nativeText).min(1).optional(),
  })),
});

const fallback = z.strictObject({
  trigger: sentence, procedure: sentence, manualCapture: sentence.optional(), reconcileAfter: sentence.optional(),
  rpo: duration.optional(), rto: duration.optional(),
});

const phi = z.strictObject({ contains: z.boolean(), payloadRetention: duration.optional(), maskProfile: slug.optional() });

export const flowSchema = z.strictObject({
  apiVersion,
  kind: z.literal('Flow'),
  metadata,
  spec: z.strictObject({
    criticality: criticality.optional(),
    tier: z.enum(['system', 'process', 'experience', 'partner', 'event', 'file']).optional(),
    path: z.array(hop).min(1, { error: 'needs at least one hop' }),
    fields: z.record(fieldName, field).default({}),
    slo: slo.optional(),
    idempotency: idempotency.optional(),
    pause: pause.optional(),
    replay: replay.optional(),
    reroute: reroute.optional(),
    deadLetter: deadLetter.optional(),
    fallback: fallback.optional(),
    phi: phi.optional(),
  }),
});

export type FlowContract = z.infer<typeof flowSchema>;
export type FlowHop = FlowContract['spec']['path'][number];
export type FlowField = FlowContract['spec']['fields'][string];
