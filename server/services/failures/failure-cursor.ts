import { z } from 'zod';
import { listCursor } from '../list-cursor';

/** Position of a failed message in the list: when it failed, and its key. */
const position = z.tuple([z.int().nonnegative(), z.string(), z.string(), z.string()]);

/** `decodeCursor` throws Refusal invalid. */
export const { encode: encodeCursor, decode: decodeCursor } = listCursor(position);
