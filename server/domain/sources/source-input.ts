/** What people fill in about a source: shared by the pages, the API and the command line. */
import { z } from 'zod';
import { displayName, slug } from '../contracts/scalars';
import { sourceMatch } from '../contracts/sources-schema';
import { postgresSettings, rabbitmqSettings } from './connection';

/** Shorter than other ids: the id of the source's own document is made from it. */
const sourceId = slug.max(48, { error: 'is longer than 48 characters' });

/** An empty password stands for the one that is stored, where the user and the addresses are as they were. */
const credentialsInput = z.strictObject({
  user: z.string().min(1, { error: 'must not be empty' }).max(255, { error: 'is longer than 255 characters' }),
  password: z.string().max(4_096, { error: 'is longer than 4,096 characters' }).default(''),
});

const described = {
  id: sourceId,
  name: displayName,
  /** The application it belongs to. Of a system that a contract file declares, the file's name counts. */
  system: z.strictObject({ id: slug, name: displayName }),
  /** How telemetry names it; absent: as before, or for a new source as its address says. */
  match: z.array(sourceMatch).max(100, { error: 'has more than 100 entries' }).optional(),
  /** Credentials for looking. Null: the source is kept, but not tapped. */
  observe: credentialsInput.nullable().default(null),
  /** Separate credentials for acting. Null: the source is observe-only. */
  levers: credentialsInput.nullable().default(null),
  enabled: z.boolean().default(true),
};

/** A source as it shall be. */
export const sourceInput = z.discriminatedUnion('kind', [
  z.strictObject({ ...described, kind: z.literal('rabbitmq'), settings: rabbitmqSettings }),
  z.strictObject({ ...described, kind: z.literal('postgres'), settings: postgresSettings }),
], { error: (issue) => (issue.code === 'invalid_union' ? 'must be rabbitmq or postgres' : undefined) })
  .superRefine(({ observe, levers, settings: { tls } }, context) => {
    if (levers && levers.user === observe?.user) context.addIssue({ code: 'custom', path: ['levers', 'user'], message: 'must be another user than the one for looking: credentials for acting are separate' });
    // The authority's certificate is shown to whoever may read sources.
    if (tls?.ca !== undefined && (!tls.ca.includes('-----BEGIN CERTIFICATE-----') || tls.ca.includes('PRIVATE KEY'))) {
      context.addIssue({ code: 'custom', path: ['settings', 'tls', 'ca'], message: 'must be the certificate of the authority as PEM ("-----BEGIN CERTIFICATE-----"), without a private key' });
    }
  });
export type SourceInput = z.input<typeof sourceInput>;
export type WantedSource = z.output<typeof sourceInput>;

const revision = z.int().min(1);
const anySource = z.strictObject({ sourceId: slug });

export const readSourceInput = anySource;
/** `revision` is the one that the change was made from: a change that somebody else made meanwhile is never overwritten. */
export const updateSourceInput = z.strictObject({ revision, source: sourceInput });
export const setSourceEnabledInput = z.strictObject({ sourceId: slug, enabled: z.boolean() });
export const removeSourceInput = anySource;
/** Tests a saved source, or one as it would be saved. */
export const testSourceInput = z.union([anySource, z.strictObject({ candidate: sourceInput })]);
export const discoverSourceInput = anySource;
export const readSourceRequestInput = z.strictObject({ requestId: z.uuid({ error: 'must be the id of a request' }) });
