/** `kind: Sources`: the systems that take part and the monitored installations, with how telemetry names each. */
import { z } from 'zod';
import { postgresSettings, rabbitmqSettings, tls, urlOf } from '../sources/connection';
import { apiVersion, displayName, nativeText, slug } from './scalars';

/** How telemetry names an installation. */
export const sourceMatch = z.strictObject({
  /** Host name or address as spans carry it (`server.address`). */
  address: nativeText.transform((value) => value.trim().toLowerCase()),
  /** Without a port, every port of the address belongs to the source. */
  port: z.int().min(1).max(65535).optional(),
  /** Database name, where several databases share one server. */
  namespace: nativeText.optional(),
});

export type SourceMatch = z.infer<typeof sourceMatch>;

/** Where a password comes from: never from the document itself, which is stored, shown and versioned. */
const passwordReference = z.union([
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be the name of an environment variable' }) }),
  z.strictObject({ file: z.string().min(1).max(4096) }),
], { error: 'must be { env: NAME } or { file: /path }: passwords do not belong into contract files' });
export type PasswordReference = z.infer<typeof passwordReference>;

const user = z.strictObject({ user: z.string().min(1).max(255), password: passwordReference });
/** `levers` are credentials for acting; without them the source is observe-only. */
const access = { ...user.shape, levers: user.optional() };

/** Names that a request sets by itself, or that would make it another one. */
const RESERVED_HEADERS = ['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding', 'upgrade', 'expect', 'te', 'trailer'];
const headerName = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, { error: 'must be the name of a header in small letters, e.g. x-api-key' })
  .refine((name) => !RESERVED_HEADERS.includes(name), { error: 'cannot be set by a contract' })
  .refine((name) => name !== 'authorization', { error: 'cannot be set here: use "bearer", or "user" and "password"' });
const headerText = z.string().regex(/^[\x20-\x7e]{1,1024}$/, { error: 'must be plain text of at most 1024 characters' });

/** Where an API answers the questions of probes, which only read. */
const probe = z.strictObject({
  url: urlOf(/^https?$/, 'https://erp.internal:8443').refine((url) => !/[?#]/.test(url), { error: 'must not carry a query or a fragment' }),
  bearer: passwordReference.optional(),
  user: z.string().min(1).max(255).regex(/^[^:]*$/, { error: 'must not hold a colon' }).optional(),
  password: passwordReference.optional(),
  headers: z.record(headerName, z.union([headerText, passwordReference])).default({}),
  timeoutSeconds: z.int().min(1, { error: 'must be at least 1' }).max(10, { error: 'must be at most 10' }).default(3),
  tls: tls.optional(),
}).refine((value) => (value.user === undefined) === (value.password === undefined), { error: 'needs user and password together' })
  .refine((value) => value.bearer === undefined || value.user === undefined, { error: 'has a bearer token or a user, not both' });

const described = { id: slug, name: displayName.optional(), system: slug, match: z.array(sourceMatch).default([]) };

const source = z.discriminatedUnion('kind', [
  z.strictObject({ ...described, kind: z.literal('http'), probe: probe.optional() }),
  z.strictObject({ ...described, kind: z.literal('postgres'), connect: z.strictObject({ ...postgresSettings.shape, ...access }).optional() }),
  z.strictObject({ ...described, kind: z.literal('rabbitmq'), connect: z.strictObject({ ...rabbitmqSettings.shape, ...access }).optional() }),
], { error: (issue) => (issue.code === 'invalid_union' ? 'kind must be http, postgres or rabbitmq' : undefined) })
  .transform((value) => ({ ...value, name: value.name ?? value.id }));

const system = z.strictObject({ id: slug, name: displayName });

export const sourcesSchema = z.strictObject({
  apiVersion,
  kind: z.literal('Sources'),
  metadata: z.strictObject({ id: slug.default('sources'), name: displayName.optional() }).default({ id: 'sources' }),
  sources: z.array(source).default([]),
  systems: z.array(system).default([]),
});

export type SourcesDocument = z.infer<typeof sourcesSchema>;
export type Source = SourcesDocument['sources'][number];
export type System = SourcesDocument['systems'][number];
