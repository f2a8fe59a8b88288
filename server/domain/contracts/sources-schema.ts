/** `kind: Sources`: the systems that take part and the monitored installations, with how telemetry names each. */
import { z } from 'zod';
import { apiVersion, displayName, nativeText, slug } from './scalars';

const sourceMatch = z.strictObject({
  /** Host name or address as spans carry it (`server.address`). */
  address: nativeText.transform((value) => value.trim().toLowerCase()),
  /** Without a port, every port of the address belongs to the source. */
  port: z.int().min(1).max(65535).optional(),
  /** Database name, where several databases share one server. */
  namespace: nativeText.optional(),
});

const source = z.strictObject({
  id: slug,
  name: displayName.optional(),
  system: slug,
  kind: z.enum(['http', 'postgres', 'rabbitmq']),
  match: z.array(sourceMatch).default([]),
}).transform((value) => ({ ...value, name: value.name ?? value.id }));

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
