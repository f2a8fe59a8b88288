import type { z } from 'zod';
import { Refusal } from './refusal';

/** Positions of a keyset list as opaque text. */
export function listCursor<S extends z.ZodType>(position: S): { encode: (at: z.output<S>) => string; decode: (cursor: string) => z.output<S> } {
  return {
    encode: (at) => Buffer.from(JSON.stringify(at)).toString('base64url'),
    /** @throws Refusal invalid */
    decode(cursor) {
      try {
        return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
      } catch (error) {
        throw new Refusal('invalid', 'cursor is not one of this list. Pass nextCursor of the page before, or leave it out to begin anew.', { cause: error });
      }
    },
  };
}
