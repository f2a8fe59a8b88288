import { userInfo } from 'node:os';
import { z } from 'zod';
import { Refusal } from '@/server/services/refusal';
import { connectClickHouse } from '@/server/store/clickhouse/client';
import { connectPostgres } from '@/server/store/postgres';
import { readArguments } from './arguments';
import type { Command } from './command';
import { flows, health } from './commands/reading';
import { tokenCreate, tokenList, tokenRevoke } from './commands/tokens';
import { userCreate, userDisable, userList, userResetPassword } from './commands/users';
import { findInstallation } from './installation';
import { USAGE, UsageError } from './usage';

const COMMANDS: Record<string, Command> = {
  'token create': tokenCreate, 'token list': tokenList, 'token revoke': tokenRevoke,
  'user create': userCreate, 'user list': userList, 'user reset-password': userResetPassword, 'user disable': userDisable,
  health, flows,
};

export interface CliResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs one command against the stores directly, as the person at this machine: who can read the data directory may do all this. */
export async function runCli(argv: readonly string[], env: Record<string, string | undefined>): Promise<CliResult> {
  try {
    const args = readArguments(argv);
    if (args.help || args.command.length === 0) return { exitCode: args.help ? 0 : 2, stdout: args.help ? USAGE : '', stderr: args.help ? '' : USAGE };
    const command = COMMANDS[args.command.join(' ')];
    if (!command) throw new UsageError(`There is no command "${args.command.join(' ')}". See --help.`);
    const urls = findInstallation(env, args.dataDir);
    const postgres = connectPostgres(urls.databaseUrl, { max: 4, applicationName: 'signalbox-cli' });
    const clickhouse = connectClickHouse(urls.clickhouseUrl, { name: 'signalbox-cli' });
    try {
      const answer = await command({ db: postgres.db, clickhouse, actor: { kind: 'system', name: `cli ${userInfo().username}` }, now: () => new Date() }, args);
      return { exitCode: answer.exitCode ?? 0, stdout: args.json ? JSON.stringify(answer.data, null, 2) : answer.text, stderr: '' };
    } finally {
      await postgres.close();
      await clickhouse.close();
    }
  } catch (error) {
    return { exitCode: error instanceof UsageError ? 2 : 1, stdout: '', stderr: sentenceOf(error) };
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof Refusal) return error.message;
  if (error instanceof z.ZodError) return error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`).join('\n');
  const root = rootCause(error);
  if ('code' in root && (root.code === 'ECONNREFUSED' || root.code === 'ENOENT')) return 'The database does not answer. Is Signalbox running? Start it with "npm run up".';
  return root.message.split('\n', 1)[0] ?? 'It failed without saying why.';
}

/** The query builder wraps errors and prints the query with its parameters; the cause says what happened. */
function rootCause(error: unknown): Error {
  const wrapped = error instanceof AggregateError ? error.errors[0] : error;
  if (wrapped instanceof Error && wrapped.cause instanceof Error) return rootCause(wrapped.cause);
  return wrapped instanceof Error ? wrapped : new Error(String(wrapped));
}
