import { z } from 'zod';

/** Identifiers as contracts name things. */
export const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'must be a slug: lower-case letters, digits and dashes');

export const traceId = z.string().trim().toLowerCase().regex(/^[0-9a-f]{32}$/, 'must be a trace id: 32 hexadecimal digits');
export const spanId = z.string().trim().toLowerCase().regex(/^[0-9a-f]{16}$/, 'must be a span id: 16 hexadecimal digits');
