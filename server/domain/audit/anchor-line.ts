/** What is written of the chain's head outside of the database: one JSON object per line of a file, or body of a request. */
import { z } from 'zod';

const anchorLine = z.object({
  /** Hash of event #1, by which chains are told apart. */
  chain: z.string().regex(/^[0-9a-f]{64}$/),
  seq: z.string().regex(/^[1-9]\d{0,18}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** When it was written. */
  at: z.iso.datetime(),
});
export type AnchorLine = z.infer<typeof anchorLine>;

/** With a line feed at its end. */
export function formatAnchorLine({ chain, seq, hash, at }: AnchorLine): string {
  return `${JSON.stringify({ chain, seq, hash, at })}\n`;
}

/** @returns null for a line that is none, e.g. half of one that a crash left behind */
export function parseAnchorLine(line: string): AnchorLine | null {
  try {
    return anchorLine.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
