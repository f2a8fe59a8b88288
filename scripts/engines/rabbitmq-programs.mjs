import { accessSync, constants, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Where packages put RabbitMQ's own scripts; what they put on PATH may be wrappers that insist on root. */
const USUAL_PLACES = ['/usr/lib/rabbitmq/bin', '/opt/homebrew/opt/rabbitmq/sbin', '/usr/local/opt/rabbitmq/sbin'];

/** What a sentence about a missing RabbitMQ tells to do. */
export const HOW_TO_GET_RABBITMQ =
  'run "npm run sandbox:install" (Debian and Ubuntu, as root), install RabbitMQ 3.10 or newer with your package manager, ' +
  'or set RABBITMQ_URL to a broker of your own';

/**
 * The RabbitMQ of this machine with Erlang's port mapper: the one on PATH, else one in a usual place; undefined when there is
 * none.
 */
export function findRabbitMq(environment = process.env) {
  const path = (environment.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  const onPath = firstExecutable(path, 'rabbitmq-server');
  const places = [...(onPath === undefined ? [] : [dirname(realpathSync(onPath))]), ...USUAL_PLACES];
  const erlang = firstExecutable(path, 'erl');
  const epmd = firstExecutable([...path, ...(erlang === undefined ? [] : erlangPlaces(erlang))], 'epmd');
  if (epmd === undefined) return undefined;
  for (const place of places) {
    // Beside rabbitmq-env are the scripts of RabbitMQ itself; anything else of that name is a package's wrapper.
    if (!isExecutable(join(place, 'rabbitmq-env'))) continue;
    const [server, ctl, plugins] = ['rabbitmq-server', 'rabbitmqctl', 'rabbitmq-plugins'].map((name) => firstExecutable([place], name));
    if (server && ctl && plugins) return { server, ctl, plugins, epmd };
  }
  return undefined;
}

function erlangPlaces(erlang) {
  const bin = dirname(realpathSync(erlang));
  const root = dirname(bin);
  const runtimes = readdirSync(root).filter((name) => name.startsWith('erts-'));
  return [bin, ...runtimes.map((runtime) => join(root, runtime, 'bin'))];
}

function firstExecutable(directories, name) {
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
