/**
 * `npm run lockfile:complete`, after every change of dependencies: `npm ci` refuses a lock file in which the optional
 * packages of other platforms are missing, and a registry mirror that serves one platform only leaves them out. Their
 * versions stand in the packages that ask for them; the platform is read from the name, so that npm skips what is not
 * for the machine at hand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const SYSTEMS = { android: 'android', darwin: 'darwin', macos: 'darwin', linux: 'linux', win32: 'win32', windows: 'win32', freebsd: 'freebsd', netbsd: 'netbsd', openbsd: 'openbsd', openharmony: 'openharmony', sunos: 'sunos', aix: 'aix' };
const PROCESSORS = { x64: 'x64', arm64: 'arm64', arm: 'arm', armv7: 'arm', armv6: 'arm', ia32: 'ia32', ppc64: 'ppc64', ppc64le: 'ppc64', s390x: 's390x', riscv64: 'riscv64', loong64: 'loong64', mips64el: 'mips64el', wasm32: 'wasm32' };

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const packages = lock.packages;

/** Where Node would find `name` from the package at `from`, or null. */
function resolve(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const candidate = at ? `${at}/node_modules/${name}` : `node_modules/${name}`;
    if (packages[candidate]) return candidate;
    if (!at) return null;
  }
}

/** @returns the os and cpu fields npm should compare with, from a name such as `@scope/tool-linux-arm64-gnu` */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.flatMap((word) => SYSTEMS[word] ?? []);
  const cpu = words.flatMap((word) => PROCESSORS[word] ?? []);
  return { ...(os.length ? { os } : {}), ...(cpu.length ? { cpu } : {}) };
}

const added = [];
for (const [path, entry] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (resolve(path, name)) continue;
    const platform = platformOf(name);
    if (!platform.os && !platform.cpu) throw new Error(`${path} wants the optional package ${name}, which is in no lock file entry and names no platform: add it by hand.`);
    const nested = packages[`node_modules/${name}`] ? `${path}/node_modules/${name}` : `node_modules/${name}`;
    packages[nested] = { version: range.replace(/^[\^~]/, ''), ...platform, ...(entry.dev ? { dev: true } : {}), optional: true };
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length ? `Added ${added.length} optional packages of other platforms: ${added.join(', ')}` : 'The lock file is complete.');
