import type { EditVault } from '@/server/domain/operations/edit-vault';
import type { SecretBox } from '@/server/domain/sources/secret-box';
import type { ServiceContext } from '@/server/services/service-context';
import type { CliArguments } from './arguments';

/** What a command runs with besides the stores. */
export interface CommandContext extends ServiceContext {
  env: Record<string, string | undefined>;
  /** The box of the installation's secret. @throws Refusal when the secret is not known here */
  box(): SecretBox;
  /** Where the web can be reached, as far as it is known here. */
  webUrl: string | undefined;
  /** Says something at once, while the command goes on. */
  tell(text: string): void;
  /** Seals values that are written into a message. @throws Refusal when the secret is not known here */
  vault(): EditVault;
  /** Everything that is piped in. */
  readInput(): Promise<string>;
}

/** What a command answers: `text` for people, `data` for `--json`. */
export interface CommandAnswer {
  text: string;
  data: unknown;
  exitCode?: number;
}

export type Command = (context: CommandContext, args: CliArguments) => Promise<CommandAnswer>;
