import type { ServiceContext } from '@/server/services/service-context';
import type { CliArguments } from './arguments';

/** What a command answers: `text` for people, `data` for `--json`. */
export interface CommandAnswer {
  text: string;
  data: unknown;
  exitCode?: number;
}

export type Command = (context: ServiceContext, args: CliArguments) => Promise<CommandAnswer>;
