/** Who consumes from a queue, by the user of its connection, and what else that user does. */
import { z } from 'zod';
import { record, rows, text, whole } from '../../management/json-values';
import { apiPath } from '../../management/management-client';
import type { BrokerAccess } from '../broker-access';

export interface ConsumerUser {
  user: string;
  /** Other queues that it consumes from, in this virtual host and others, as `vhost/queue` where it is another. */
  alsoConsumes: string[];
  connections: number;
}

/** @throws ManagementError */
export async function usersConsuming({ read, vhost, signal }: BrokerAccess, queue: string): Promise<ConsumerUser[]> {
  const { body } = await read.get('consumers', 'the consumers', signal);
  const consumers = rows(body).map((row) => ({
    vhost: text(record(row['queue'])['vhost']), queue: text(record(row['queue'])['name']), user: text(record(row['channel_details'])['user']),
  }));
  const users = [...new Set(consumers.filter((one) => one.vhost === vhost && one.queue === queue && one.user !== '').map(({ user }) => user))].sort();
  return Promise.all(users.map(async (user) => ({
    user,
    alsoConsumes: [...new Set(consumers.filter((one) => one.user === user && !(one.vhost === vhost && one.queue === queue)).map((one) => (one.vhost === vhost ? one.queue : `${one.vhost}/${one.queue}`)))].sort(),
    connections: await connectionsOf({ read, signal }, user),
  })));
}

/** Connections that a user has now, in all virtual hosts; the broker keeps this list itself, so it does not lag. */
export async function connectionsOf({ read, signal }: Pick<BrokerAccess, 'read' | 'signal'>, user: string): Promise<number> {
  const { body } = await read.get(apiPath`connections/username/${user}`, `the connections of user ${user}`, signal);
  return rows(body).length;
}

/** Null: no limit. @throws ManagementError */
export async function connectionLimitOf({ read, signal }: Pick<BrokerAccess, 'read' | 'signal'>, user: string): Promise<number | null> {
  const { body } = await read.get(apiPath`user-limits/${user}`, `the limits of user ${user}`, signal);
  return rows(body).map((row) => whole(record(row['value'])['max-connections'])).find((value) => value !== null) ?? null;
}

export const stopRecord = z.object({
  /** Limit of connections before, by user; null: none. */
  limits: z.record(z.string(), z.number().int().nullable()),
}).catch({ limits: {} });
