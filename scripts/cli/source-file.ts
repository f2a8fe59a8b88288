/** A source as a file describes it, with passwords by reference. */
import { parse } from 'yaml';
import { z } from 'zod';
import type { SourceInput } from '@/server/domain/sources/source-input';
import type { CommandContext } from './command';
import { readTextFile } from './read-text-file';
import { UsageError } from './usage';

const reference = z.union([
  z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) }), z.strictObject({ stdin: z.literal(true) }),
], { error: 'must be { env: NAME }, { file: /path } or { stdin: true }: a password does not belong into a file that is kept' });
const user = z.looseObject({ password: reference }).nullable().optional();
const sourceFile = z.looseObject({ observe: user, levers: user });

/**
 * Reads the file and the passwords it refers to. Of what is piped in, each `stdin` takes one line, `observe` first.
 *
 * @throws UsageError, z.ZodError
 */
export async function readSourceFile(path: string, { env, readInput }: Pick<CommandContext, 'env' | 'readInput'>): Promise<SourceInput> {
  const text = await readTextFile(path);
  const file = sourceFile.parse(parseYaml(path, text));
  const lines: string[] = usesInput(file.observe) || usesInput(file.levers) ? (await readInput()).split(/\r?\n/) : [];
  const withPassword = async (of: z.output<typeof user>, use: string) => {
    if (!of) return null;
    const { password } = of;
    if ('env' in password) return { ...of, password: env[password.env] ?? fail(`The environment variable ${password.env}, which ${use} names, is not set.`) };
    if ('file' in password) return { ...of, password: (await readTextFile(password.file)).replace(/\r?\n$/, '') };
    return { ...of, password: lines.shift() || fail(`The password of ${use} was not piped in: give it as a line of input.`) };
  };
  // What else is wrong, the service says by its schema.
  return { ...file, observe: await withPassword(file.observe, 'observe'), levers: await withPassword(file.levers, 'levers') } as SourceInput;
}

function usesInput(of: z.output<typeof user>): boolean {
  return of != null && 'stdin' in of.password;
}

/** JSON is YAML. */
function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch {
    throw new UsageError(`${path} is neither YAML nor JSON.`);
  }
}

function fail(sentence: string): never {
  throw new UsageError(sentence);
}
