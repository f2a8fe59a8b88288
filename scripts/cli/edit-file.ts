/** New values for places of a message, out of a file: what stands on a command line is seen by everybody on the machine. */
import { parse } from 'yaml';
import { z } from 'zod';
import { readTextFile } from './read-text-file';
import { UsageError } from './usage';

const places = z.record(z.string(), z.string());

/** @throws UsageError that says nothing of what is in the file */
export async function readEditFile(path: string): Promise<{ at: string; to: string }[]> {
  const text = await readTextFile(path);
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    throw new UsageError(`${path} is neither JSON nor YAML.`);
  }
  const parsed = places.safeParse(value);
  if (!parsed.success) throw new UsageError(`${path} must give each place a text, e.g. { "body:/claim/payer": "…" }: numbers too are written in quotes.`);
  return Object.entries(parsed.data).map(([at, to]) => ({ at, to }));
}
