import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { observerPassword, OBSERVER } from '../broker/accounts';
import type { DatabaseAddress } from '../runtime/database';
import type { BrokerSettings } from '../settings';
import type { DatabaseObserver } from '../supervisor/database-observer';
import type { BrokerPlace, ObserverAccount, Rendering } from './render-document';

/** Writes the observers' passwords where only this account can read them. @returns what the contracts say of them */
export async function placeObservers(
  { credentialsOut, broker, database }: {
    credentialsOut: string;
    broker: BrokerSettings | undefined;
    database: DatabaseAddress & { observer: DatabaseObserver | undefined };
  },
): Promise<Pick<Rendering, 'broker' | 'databaseObserver'>> {
  await mkdir(credentialsOut, { recursive: true, mode: 0o700 });
  const account = async (file: string, user: string, password: string): Promise<ObserverAccount> => {
    const passwordFile = join(credentialsOut, file);
    await writeFile(`${passwordFile}.${process.pid}.tmp`, password, { mode: 0o600 });
    await rename(`${passwordFile}.${process.pid}.tmp`, passwordFile);
    return { user, passwordFile };
  };
  const { observer } = database;
  return {
    broker: broker && { ...brokerPlace(broker), observer: await account('rabbit-main.password', OBSERVER, observerPassword(broker)) },
    databaseObserver: observer && (await account('interface-db.password', observer.user, observer.password)),
  };
}

/** Where a broker is, without who one is there. */
function brokerPlace({ url, managementUrl }: BrokerSettings): Omit<BrokerPlace, 'observer'> {
  const { protocol, hostname, port } = new URL(url);
  const ownPort = Number(port || (protocol === 'amqps:' ? 5671 : 5672));
  return { address: hostname, port: ownPort, amqp: `${protocol}//${hostname}:${ownPort}`, management: managementUrl };
}
