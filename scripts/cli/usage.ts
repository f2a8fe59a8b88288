/** The caller asked for something that does not exist or is not complete; the sentence says what is possible. */
export class UsageError extends Error {}

export const USAGE = `Signalbox from the command line: npm run -s cli -- <command>

  token create --name N --role R [--kind api|ingest] [--facilities a,b] [--payers a,b]
                                          prints the new token, and nothing else
  token list                              tokens with role, scope and last use
  token revoke --id ID                    ends a token at once
  user create --email E --role R[,R] [--name N] [--facilities a,b] [--payers a,b]
                                          prints the generated password once
  user list                               people with their roles
  user reset-password --email E           prints a new password once
  user disable --email E                  shuts a person out at once
  health                                  Signalbox itself, part by part; exit code 1 when something is down
  flows                                   every flow with its health

Options for all commands:
  --data-dir DIR   the installation to talk to (default: SIGNALBOX_DATA_DIR, else .signalbox)
  --json           answer as JSON
  --help           this text

DATABASE_URL and CLICKHOUSE_URL in the environment win over the data directory.`;
