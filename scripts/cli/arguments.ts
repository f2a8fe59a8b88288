import { parseArgs } from 'node:util';
import { UsageError } from './usage';

export interface CliArguments {
  /** Command words and what follows them, e.g. `['source', 'show', 'rabbit-main']`. */
  words: string[];
  help: boolean;
  json: boolean;
  dataDir: string | undefined;
  options: Record<string, string | undefined>;
  /** Each `--step` in its order, e.g. `outbox:park`. */
  steps: readonly string[];
  /** Options without a value that were given, e.g. `execute`. */
  flags: ReadonlySet<string>;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const FLAGS = ['execute', 'all', 'override-unknown', 'dry-run', 'ramp'] as const;

/** @throws UsageError that names the option which is not known or misses its value */
export function readArguments(argv: readonly string[]): CliArguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv], allowPositionals: true, strict: true,
      options: {
        help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' }, 'data-dir': text,
        name: text, role: text, kind: text, facilities: text, payers: text, id: text, email: text, out: text,
        from: text, until: text, actor: text, action: text, subject: text, flow: text, outcome: text, limit: text, cursor: text, anchors: text,
        hop: text, method: text, 'review-by': text, reason: text, ticket: text, typed: text, hash: text, comment: text, alternate: text, payer: text, facility: text, count: text,
        'per-second': text, 'reason-code': text, items: text, to: text, attestation: text, standing: text, decision: text, reference: text, execute: flag, all: flag, 'override-unknown': flag, 'dry-run': flag,
        ramp: flag, stage: text, 'quiet-seconds': text, tolerate: text, edit: text, step: { type: 'string', multiple: true },
      },
    });
    const { help, json, 'data-dir': dataDir, execute, all, 'override-unknown': overrideUnknown, 'dry-run': dryRun, ramp, step: steps = [], ...options } = values;
    const given = [execute, all, overrideUnknown, dryRun, ramp];
    if (execute && dryRun) throw new UsageError('--dry-run and --execute contradict each other. See --help.');
    return { words: positionals, help: help ?? false, json: json ?? false, dataDir, options, steps, flags: new Set(FLAGS.filter((_, index) => given[index])) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${error instanceof Error ? error.message.split('. ')[0] : String(error)}. See --help.`);
  }
}

/** @throws UsageError when the option is missing */
export function required(options: CliArguments['options'], name: string): string {
  const value = options[name];
  if (!value) throw new UsageError(`--${name} is missing. See --help.`);
  return value;
}

/** A comma-separated list; null when the option was not given, which means all. */
export function listOf(value: string | undefined): string[] | null {
  const items = (value ?? '').split(',').map((item) => item.trim()).filter(Boolean);
  return items.length > 0 ? items : null;
}
