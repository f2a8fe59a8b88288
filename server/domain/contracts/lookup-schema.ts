/** `kind: Lookup`: how the native codes of one system translate into the network's own ids and names. */
import { z } from 'zod';
import { apiVersion, displayName, nativeText, slug } from './scalars';

export const lookupSchema = z.strictObject({
  apiVersion,
  kind: z.literal('Lookup'),
  metadata: z.strictObject({ id: slug, name: displayName.optional() }).transform((value) => ({ ...value, name: value.name ?? value.id })),
  entries: z.record(nativeText, z.strictObject({ id: slug, name: displayName })),
});

export type LookupDocument = z.infer<typeof lookupSchema>;
