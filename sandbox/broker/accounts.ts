import { createHmac } from 'node:crypto';
import { DEAD_LETTER_EXCHANGE, deadLetterQueueOf, NOTICES, RETRIES, VHOST, WORK_QUEUES } from '../network/queues';
import type { BrokerSettings } from '../settings';
import type { SystemId } from '../vocabulary';
import { topology } from './topology';

/** A user of the broker with exactly what it needs: three regular expressions over names in the network's virtual host. */
export interface BrokerAccount {
  user: string;
  password: string;
  tags: string;
  configure: string;
  write: string;
  read: string;
}

const NOTHING = '^$';

/** The user by which the network is watched: it sees everything, and may bind queues of its own to the exchanges of events. */
export const OBSERVER = 'signalbox-observer';
const OBSERVERS_QUEUES = 'signalbox.tap.';

/** The user by which the network is acted on: see `operatorAccount`. */
export const OPERATOR = 'signalbox-operator';
const OPERATORS_OWN = 'signalbox.';

/** Applications that use the broker, each under a user of its own. */
const APPLICATIONS: Partial<Record<SystemId, string>> = {
  inventory: 'meridian-inventory',
  middleware: 'meridian-integration-engine',
  billing: 'meridian-billing',
};

/** Every user of the network. Passwords follow from the administrator's, so that nothing has to be kept. */
export function brokerAccounts(broker: BrokerSettings): BrokerAccount[] {
  const systems = Object.keys(APPLICATIONS) as SystemId[];
  const observed = [...new Set([...WORK_QUEUES.flatMap(({ exchange }) => exchange ?? []), DEAD_LETTER_EXCHANGE, NOTICES.exchange])];
  const own = namesStartingWith(OBSERVERS_QUEUES);
  return [
    ...systems.map((system) => applicationAccount(broker, system)),
    {
      user: OBSERVER, password: brokerPasswordOf(broker, OBSERVER), tags: 'monitoring',
      configure: `^${own}`, write: `^${own}`, read: `^(${own}|${exactly(observed)})`,
    },
    operatorAccount(broker),
  ];
}

/** The address by which a system reaches the broker as itself; undefined for systems that do not use it. */
export function brokerUrlOf(broker: BrokerSettings, system: SystemId): string | undefined {
  const user = APPLICATIONS[system];
  if (user === undefined) return undefined;
  const url = new URL(broker.url);
  url.username = user;
  url.password = brokerPasswordOf(broker, user);
  url.pathname = `/${encodeURIComponent(VHOST)}`;
  return url.href;
}

/** The password of a user of the network. */
export function brokerPasswordOf(broker: BrokerSettings, user: string): string {
  return createHmac('sha256', decodeURIComponent(new URL(broker.url).password)).update(user).digest('base64url');
}

/**
 * Sets limits of users and closes their connections, which takes an administrator; makes exchanges and queues of its own;
 * binds and unbinds the network's queues, publishes to its exchanges, and takes what failed or waits. It cannot take what
 * waits for another try, nor make or delete anything of the network.
 */
function operatorAccount(broker: BrokerSettings): BrokerAccount {
  const own = namesStartingWith(OPERATORS_OWN);
  const { exchanges, queues } = topology();
  const names = exchanges.map(({ name }) => name);
  const taken = WORK_QUEUES.flatMap((work) => [work.queue, deadLetterQueueOf(work)]);
  return {
    user: OPERATOR, password: brokerPasswordOf(broker, OPERATOR), tags: 'administrator',
    configure: `^${own}`,
    write: `^(${own}|${exactly([...names, ...queues.map(({ name }) => name)])})`,
    read: `^(${own}|${exactly([...names, ...taken])})`,
  };
}

function applicationAccount(broker: BrokerSettings, system: SystemId): BrokerAccount {
  const user = APPLICATIONS[system] ?? '';
  const received = WORK_QUEUES.filter(({ receiver }) => receiver === system).map(({ queue }) => queue);
  const sent = WORK_QUEUES.flatMap(({ sender, exchange }) => (sender === system && exchange !== null ? [exchange] : []));
  // Who receives also puts aside what it could not do.
  const written = [...new Set([...sent, ...(received.length > 0 ? RETRIES.map(({ exchange }) => exchange) : []), ...(system === 'inventory' ? [NOTICES.exchange] : [])])];
  return {
    user, password: brokerPasswordOf(broker, user), tags: '', configure: NOTHING,
    write: written.length > 0 ? `^(${exactly(written)})` : NOTHING,
    read: received.length > 0 ? `^(${exactly(received)})` : NOTHING,
  };
}

const escaped = (name: string) => name.replace(/[.]/g, '\\.');
const exactly = (names: readonly string[]) => names.map((name) => `${escaped(name)}$`).join('|');
const namesStartingWith = (prefix: string) => escaped(prefix);
