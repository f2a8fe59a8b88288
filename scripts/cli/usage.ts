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
  source list                             sources with the state of their taps
  source show <id>                        one source with its settings
  source test <id>                        reachable, version, permissions; exit code 1 when not reachable
  source discover <id> [--out DIR]        channels found; --out writes the draft contracts there
  source add <file>                       adds the source that the YAML or JSON file describes; passwords are written as
                                          { env: NAME }, { file: /path } or { stdin: true }, one line of input each
  source remove <id>                      removes it with its credentials
  contract validate <file>                checks a contract file together with what is in force; exit code 1 with problems
  audit list [--from T] [--until T] [--actor A] [--action A] [--subject S] [--flow F] [--outcome done|refused] [--limit N]
                                          the audit trail, newest first; --action source stands for source.create and so on
  audit verify [--anchors FILE]           walks the whole chain, and compares it with anchors that were written outside of the
                                          database; exit code 1 when it is broken
  status [id]                             what is held and under way; one operation with its plan
  pause <flow> --method M [--hop H] [--review-by T]
                                          M: park, stop-consumers, row-gate, status-swap, cooperative
  pause <flow> --step H:M --step H:M … [--review-by T]
                                          several channels of the flow in this order, all held or none
  canary <hold> [--count N] [--payer P | --facility F]
  release <hold> [--per-second N] [--all | --ramp [--stage S | --quiet-seconds N] [--tolerate N]]
                                          ends a hold; with --all every hold that the same operation made, the last one first; with
                                          --ramp 1 %, 10 %, then the rest, each step only when the one before was seen at the
                                          contract's outcome stage S, or was quiet for N seconds where there is none
  replay <flow> [--hop H] (--all | --reason-code C | --payer P | --facility F | --items a,b) [--from T] [--until T]
         [--to queue|exchange] [--per-second N] [--attestation REF] [--override-unknown] [--edit FILE]
                                          --edit changes the one message of --items: FILE is JSON or YAML such as
                                          { "body:/claim/payer": "…" }, read once and never shown; delete it yourself
  reroute <flow> --alternate A [--hop H] [--review-by T] [--payer P] [--facility F] [--per-second N]
                                          over a hold that is in place, who is eligible goes to A and everybody else stays held;
                                          N is for what waits there
  restore <hold>                          ends a reroute
                                          each of these makes the plan and changes nothing (--dry-run, the default);
                                          with --execute --reason "…" [--ticket T] [--typed WORD] it is confirmed as well
  received <hold> [--standing S] [--payer P] [--facility F] [--limit N] [--cursor C]
                                          what the alternate of a reroute received, newest first, and what was decided of each;
                                          S: undecided, decided, leave, void, resend
  decide <hold> --decision leave|void|resend --reason "…" [--reference R] (--items a,b | --all | --payer P | --facility F)
         [--standing S] [--execute]       keeps what was decided of messages that it received, of those that nobody has decided of
                                          unless S says others; sends and withdraws nothing. Without --execute it counts them.
                                          To void, R says where the withdrawal can be looked up
  confirm <id> --hash H --reason "…" [--ticket T] [--typed WORD]
                                          sets the plan with this hash going; one that needs two people is confirmed as a
                                          person: it prints a code, and who enters it, signed in, is the first of them
  approve <id> [--hash H] [--comment C]   prints a code; whoever approves enters it in the browser, signed in
  reject <id> --reason "…" [--hash H]     the same, to reject it
  stop <id> [--reason "…"]                stops an operation
  levers disable|enable --reason "…"      one switch for all new lever actions
  health                                  Signalbox itself, part by part; exit code 1 when something is down
  flows                                   every flow with its health

Options for all commands:
  --data-dir DIR   the installation to talk to (default: SIGNALBOX_DATA_DIR, else .signalbox)
  --json           answer as JSON
  --help           this text

DATABASE_URL and CLICKHOUSE_URL in the environment win over the data directory.`;
