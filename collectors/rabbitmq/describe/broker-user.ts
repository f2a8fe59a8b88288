/** Who we are for a broker, and what its administrators allow us. */
import { rows, record, text, type Json } from '../management/json-values';
import { apiPath, type ManagementClient } from '../management/management-client';
import { ManagementError } from '../management/management-error';

export interface BrokerUser {
  tags: ReadonlySet<string>;
  /** Null: only administrators may read permissions, also their own. */
  permissions: VhostPermissions[] | null;
}

/** Regular expressions over names of queues and exchanges. */
export interface VhostPermissions {
  vhost: string;
  configure: string;
  write: string;
  read: string;
}

/** @throws ManagementError when the user may not use the management API */
export async function readBrokerUser(client: ManagementClient, signal: AbortSignal): Promise<BrokerUser> {
  const whoami = record((await client.get('whoami', 'who the user is', signal)).body);
  const tags = tagsOf(whoami['tags']);
  if (!tags.has('administrator')) return { tags, permissions: null };
  const { body } = await client.get(apiPath`users/${text(whoami['name'])}/permissions`, 'the permissions of the user', signal);
  return { tags, permissions: rows(body).map(permissionsOf) };
}

/** Whether the user may look at the queues of a virtual host: null when it may, else why not. @throws ManagementError */
export async function vhostProblem(client: ManagementClient, vhost: string, signal: AbortSignal): Promise<string | null> {
  try {
    await client.get(`${apiPath`queues/${vhost}`}?page=1&page_size=1&columns=name`, `the queues of virtual host ${vhost}`, signal);
    return null;
  } catch (error) {
    if (error instanceof ManagementError && (error.problem === 'forbidden' || error.problem === 'not-found')) return error.message;
    throw error;
  }
}

/** A list since 3.9, comma-separated text before. */
function tagsOf(tags: unknown): Set<string> {
  const list = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : text(tags).split(',');
  return new Set(list.map((tag) => tag.trim()).filter((tag) => tag !== ''));
}

function permissionsOf(row: Json): VhostPermissions {
  return { vhost: text(row['vhost']), configure: text(row['configure']), write: text(row['write']), read: text(row['read']) };
}
