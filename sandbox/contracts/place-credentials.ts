import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brokerPasswordOf, OBSERVER, OPERATOR } from '../broker/accounts';
import type { BrokerSettings } from '../settings';
import type { DatabaseAccount, DatabaseAccounts } from '../supervisor/database-accounts';
import type { Access, BrokerPlace, Rendering } from './render-document';

/**
 * Writes the passwords of those who look at the network and act on it where only this account can read them.
 * @returns what the contracts say of them
 */
export async function placeCredentials(
  { credentialsOut, broker, database }: {
    credentialsOut: string;
    broker: BrokerSettings | undefined;
    /** Undefined when nobody but the owner may use the database. */
    database: Pick<DatabaseAccounts, 'observer' | 'operator'> | undefined;
  },
): Promise<Pick<Rendering, 'broker' | 'databaseAccess'>> {
  await mkdir(credentialsOut, { recursive: true, mode: 0o700 });
  const place = async (name: string, { user, password }: DatabaseAccount) => {
    const passwordFile = join(credentialsOut, `${name}.password`);
    await writeFile(`${passwordFile}.${process.pid}.tmp`, password, { mode: 0o600 });
    await rename(`${passwordFile}.${process.pid}.tmp`, passwordFile);
    return { user, passwordFile };
  };
  const access = async (source: string, observer: DatabaseAccount, operator: DatabaseAccount): Promise<Access> => ({
    observer: await place(source, observer), operator: await place(`${source}-levers`, operator),
  });
  const brokerUser = (settings: BrokerSettings, user: string) => ({ user, password: brokerPasswordOf(settings, user) });
  return {
    broker: broker && { ...brokerPlace(broker), ...(await access('rabbit-main', brokerUser(broker, OBSERVER), brokerUser(broker, OPERATOR))) },
    databaseAccess: database && (await access('interface-db', database.observer, database.operator)),
  };
}

/** Where a broker is, without who one is there. */
function brokerPlace({ url, managementUrl }: BrokerSettings): Omit<BrokerPlace, keyof Access> {
  const { protocol, hostname, port } = new URL(url);
  const ownPort = Number(port || (protocol === 'amqps:' ? 5671 : 5672));
  return { address: hostname, port: ownPort, amqp: `${protocol}//${hostname}:${ownPort}`, management: managementUrl };
}
