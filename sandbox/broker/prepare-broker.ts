import { setTimeout as pause } from 'node:timers/promises';
import { VHOST } from '../network/queues';
import { createOutageLog } from '../runtime/outage-log';
import type { BrokerSettings } from '../settings';
import { brokerAccounts } from './accounts';
import { topology } from './topology';

const REQUEST_LIMIT_MS = 10_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

/**
 * Makes the network's virtual host, users, exchanges, queues and bindings on the broker, as often as it takes until the
 * broker answers. A queue whose arguments are of another version is made anew: what waits in a demonstration network is
 * not worth a migration.
 */
export async function prepareBroker(broker: BrokerSettings, signal: AbortSignal): Promise<void> {
  const outages = createOutageLog(`preparing the broker at ${new URL(broker.managementUrl).host}`);
  for (let delayMs = FIRST_RETRY_MS; !signal.aborted; delayMs = Math.min(LONGEST_RETRY_MS, delayMs * 2)) {
    try {
      await declareAll(broker);
      return outages.succeeded();
    } catch (error) {
      outages.failed(error);
      await pause(delayMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function declareAll(broker: BrokerSettings): Promise<void> {
  const ask = managementOf(broker);
  const vhost = encodeURIComponent(VHOST);
  const administrator = decodeURIComponent(new URL(broker.url).username);
  await ask('PUT', `vhosts/${vhost}`, {});
  await ask('PUT', `permissions/${vhost}/${encodeURIComponent(administrator)}`, { configure: '.*', write: '.*', read: '.*' });
  for (const { user, password, tags, ...permissions } of brokerAccounts(broker)) {
    await ask('PUT', `users/${encodeURIComponent(user)}`, { password, tags });
    await ask('PUT', `permissions/${vhost}/${encodeURIComponent(user)}`, permissions);
  }
  const { exchanges, queues, bindings } = topology();
  for (const { name, type, arguments: args } of exchanges) {
    await declare(ask, `exchanges/${vhost}/${encodeURIComponent(name)}`, { type, durable: true, arguments: args });
  }
  for (const { name, arguments: args } of queues) {
    await declare(ask, `queues/${vhost}/${encodeURIComponent(name)}`, { durable: true, arguments: args });
  }
  for (const { exchange, queue, key } of bindings) {
    await ask('POST', `bindings/${vhost}/e/${encodeURIComponent(exchange)}/q/${encodeURIComponent(queue)}`, { routing_key: key });
  }
}

type Ask = (method: 'PUT' | 'POST' | 'DELETE', path: string, body?: object) => Promise<void>;

async function declare(ask: Ask, path: string, body: object): Promise<void> {
  try {
    await ask('PUT', path, body);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 400) throw error;
    await ask('DELETE', path);
    await ask('PUT', path, body);
  }
}

class Refusal extends Error {
  constructor(readonly status: number, path: string, answer: string) {
    super(`${path} was answered with ${status}: ${answer.slice(0, 300)}`);
  }
}

function managementOf({ url, managementUrl }: BrokerSettings): Ask {
  const { username, password } = new URL(url);
  const authorization = `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
  return async (method, path, body) => {
    const response = await fetch(`${managementUrl}/api/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    });
    const answer = await response.text();
    if (!response.ok) throw new Refusal(response.status, path, answer);
  };
}
