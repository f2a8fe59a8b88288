import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * Finds a Chromium for the browser tests and installs one where there is none: as root on Debian from the system's packages,
 * otherwise Playwright's own.
 * @returns its path, or none when Playwright knows where its browser is; and the counts of a failed installation
 */
export async function findBrowser(run) {
  const present = installedBrowser();
  if (present) return { path: present, counts: [] };
  const counts = await run.work('browser', async (sh) => {
    if (isRootOnDebian()) {
      const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-y', '-q'];
      if ((await sh([...apt, 'update'])) && (await sh([...apt, 'install', '--no-install-recommends', 'chromium'])) && installedBrowser()) return;
    }
    if (await sh([process.execPath, 'node_modules/@playwright/test/cli.js', 'install', 'chromium'])) return;
    throw new Error('The browser tests need Chromium: install it (Debian: apt-get install chromium) and run npm run verify again.');
  });
  return { path: installedBrowser(), counts: [counts] };
}

/** Distributions ship stubs under these names that only say where to get a browser: one that tells its version is real. */
function installedBrowser() {
  return (process.env.PATH ?? '')
    .split(':')
    .flatMap((directory) => NAMES.map((name) => `${directory}/${name}`))
    .find((path) => existsSync(path) && spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0);
}

function isRootOnDebian() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}
