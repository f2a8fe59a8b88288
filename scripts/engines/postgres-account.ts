import { execFileSync, spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';

const ACCOUNT = 'postgres';

/** How to run a Postgres program: Postgres refuses to run as root. */
export interface PostgresIdentity {
  /** Owner of the data directory; absent when the current user runs Postgres itself. */
  owner?: { uid: number; gid: number };
  /** Program and arguments that run the given program as that owner. */
  command(program: string, args: readonly string[]): { program: string; args: string[]; uid?: number; gid?: number };
}

/**
 * Decides as whom Postgres runs. As root that is the system user `postgres`, created when it does not exist.
 * @param paths everything Postgres must be able to reach: its program and its data directory
 * @throws Error with a sentence that says what to do
 */
export function postgresIdentity(paths: readonly string[]): PostgresIdentity {
  if (userInfo().uid !== 0) return { command: (program, args) => ({ program, args: [...args] }) };
  const owner = findAccount() ?? createAccount();
  if (paths.every((path) => canReach(path, owner))) {
    return { owner, command: (program, args) => ({ program, args: [...args], ...owner }) };
  }
  if (spawnSync('setpriv', ['--version']).status === 0) {
    // A checkout below a closed directory such as /root: the account gets root's way through directories, and no more.
    const capability = '+dac_override';
    const drop = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
    const keep = [`--inh-caps=${capability}`, `--ambient-caps=${capability}`];
    return { owner, command: (program, args) => ({ program: 'setpriv', args: [...drop, ...keep, program, ...args] }) };
  }
  const closed = paths.find((path) => !canReach(path, owner));
  throw new Error(
    `Postgres does not run as root, and the system user "${ACCOUNT}" cannot enter ${closed}: ` +
      'move the checkout out of a closed directory, or start as an ordinary user.',
  );
}

function findAccount(): { uid: number; gid: number } | undefined {
  const ask = (flag: string): number => Number(spawnSync('id', [flag, ACCOUNT]).stdout?.toString().trim() || 'NaN');
  const [uid, gid] = [ask('-u'), ask('-g')];
  return Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : undefined;
}

function createAccount(): { uid: number; gid: number } {
  const attempts = [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', ACCOUNT],
    ['adduser', '-S', '-D', '-H', ACCOUNT],
  ];
  for (const [program = '', ...args] of attempts) {
    try {
      execFileSync(program, args, { stdio: 'ignore' });
    } catch {
      continue;
    }
    const created = findAccount();
    if (created) return created;
  }
  throw new Error(
    `Postgres does not run as root and the system user "${ACCOUNT}" could not be created: ` +
      `run "useradd --system ${ACCOUNT}" or start as an ordinary user.`,
  );
}

function canReach(path: string, owner: { uid: number; gid: number }): boolean {
  return spawnSync('test', ['-r', path], { ...owner, cwd: '/' }).status === 0;
}
