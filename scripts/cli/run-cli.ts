import { userInfo } from 'node:os';
import { z } from 'zod';
import { installationBox, installationVault } from '@/server/api/installation-box';
import { Refusal } from '@/server/services/refusal';
import { connectClickHouse } from '@/server/store/clickhouse/client';
import { connectPostgres } from '@/server/store/postgres';
import { readArguments } from './arguments';
import type { Command, CommandContext } from './command';
import { auditList, auditVerify } from './commands/audit';
import { contractValidate } from './commands/contracts';
import { approve, reject } from './commands/decide';
import { canaryHold, confirm, leversSwitch, operationStatus, pauseFlow, releaseHold, replayFlow, rerouteFlow, restoreHold, status, stop } from './commands/operations';
import { flows, health } from './commands/reading';
import { decide, received } from './commands/received';
import { sourceAdd, sourceDiscover, sourceList, sourceRemove, sourceShow, sourceTest } from './commands/sources';
import { tokenCreate, tokenList, tokenRevoke } from './commands/tokens';
import { userCreate, userDisable, userList, userResetPassword } from './commands/users';
import { findInstallation } from './installation';
import { USAGE, UsageError } from './usage';

/** Words of a command, and in angle brackets what must follow them; a command finds it among its options. */
const COMMANDS: Record<string, Command> = {
  'token create': tokenCreate, 'token list': tokenList, 'token revoke': tokenRevoke,
  'user create': userCreate, 'user list': userList, 'user reset-password': userResetPassword, 'user disable': userDisable,
  'source list': sourceList, 'source show <id>': sourceShow, 'source test <id>': sourceTest, 'source discover <id>': sourceDiscover,
  'source add <file>': sourceAdd, 'source remove <id>': sourceRemove,
  'contract validate <file>': contractValidate,
  'audit list': auditList, 'audit verify': auditVerify,
  health, flows, status, 'status <id>': operationStatus,
  'pause <flow>': pauseFlow, 'canary <hold>': canaryHold, 'release <hold>': releaseHold, 'replay <flow>': replayFlow, 'reroute <flow>': rerouteFlow, 'restore <hold>': restoreHold, 'received <hold>': received, 'decide <hold>': decide,
  'confirm <id>': confirm, 'approve <id>': approve, 'reject <id>': reject, 'stop <id>': stop, 'levers disable': leversSwitch(true), 'levers enable': leversSwitch(false),
};

export interface CliResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs one command against the stores directly, as the person at this machine: who can read the data directory may do all this. */
export async function runCli(argv: readonly string[], env: Record<string, string | undefined>, readInput: () => Promise<string> = async () => '', tell: (text: string) => void = () => undefined): Promise<CliResult> {
  try {
    const args = readArguments(argv);
    if (args.help || args.words.length === 0) return { exitCode: args.help ? 0 : 2, stdout: args.help ? USAGE : '', stderr: args.help ? '' : USAGE };
    const { command, operands } = findCommand(args.words);
    const { databaseUrl, clickhouseUrl, secret, webUrl } = findInstallation(env, args.dataDir);
    const postgres = connectPostgres(databaseUrl, { max: 4, applicationName: 'signalbox-cli' });
    const clickhouse = connectClickHouse(clickhouseUrl, { name: 'signalbox-cli' });
    try {
      const context: CommandContext = {
        db: postgres.db, clickhouse, actor: { kind: 'system', name: `cli ${userInfo().username}` }, now: () => new Date(), env, webUrl, tell, readInput, box: () => installationBox(secret), vault: () => installationVault(secret),
      };
      const answer = await command(context, { ...args, options: { ...args.options, ...operands } });
      return { exitCode: answer.exitCode ?? 0, stdout: args.json ? JSON.stringify(answer.data, null, 2) : answer.text, stderr: '' };
    } finally {
      await postgres.close();
      await clickhouse.close();
    }
  } catch (error) {
    return { exitCode: error instanceof UsageError ? 2 : 1, stdout: '', stderr: sentenceOf(error) };
  }
}

/** @throws UsageError when no command is written so */
function findCommand(words: readonly string[]): { command: Command; operands: Record<string, string> } {
  for (const [pattern, command] of Object.entries(COMMANDS)) {
    const pieces = pattern.split(' ');
    const operands: Record<string, string> = {};
    const isMatch = pieces.length === words.length && pieces.every((piece, index) => {
      const word = words[index] ?? '';
      if (!piece.startsWith('<')) return piece === word;
      operands[piece.slice(1, -1)] = word;
      return true;
    });
    if (isMatch) return { command, operands };
    if (words.join(' ') === pieces.filter((piece) => !piece.startsWith('<')).join(' ')) throw new UsageError(`"${words.join(' ')}" needs ${pieces.at(-1)}. See --help.`);
  }
  throw new UsageError(`There is no command "${words.join(' ')}". See --help.`);
}

function sentenceOf(error: unknown): string {
  if (error instanceof Refusal && error.issues.length > 1) return error.issues.map(({ field, file, line, message }) => `${field ?? `${file}${line === null ? '' : `:${line}`}`}: ${message}`).join('\n');
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
