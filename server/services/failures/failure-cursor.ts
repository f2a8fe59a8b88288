import { z } from 'zod';
import { Refusal } from '../refusal';

/** Position of a failed message in the list: when it failed, and its key. */
const position = z.tuple([z.int().nonnegative(), z.string(), z.string(), z.string()]);
export type FailurePosition = z.infer<typeof position>;

export function encodeCursor(at: FailurePosition): string {
  return Buffer.from(JSON.stringify(at)).toString('base64url');
}

/** @throws Refusal invalid */
export function decodeCursor(cursor: string): FailurePosition {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (error) {
    throw new Refusal('invalid', 'cursor is not one of this list. Pass nextCursor of the page before, or leave it out to begin anew.', { cause: error });
  }
}
