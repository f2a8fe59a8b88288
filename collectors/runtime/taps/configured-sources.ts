/** The sources that can be tapped: those that contract files connect, and those that were added in the product. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { PasswordReference, Source } from '@/server/domain/contracts/sources-schema';
import { parseSettings, type Credentials } from '@/server/domain/sources/connection';
import type { SecretBox } from '@/server/domain/sources/secret-box';
import { secretPurpose, type StoredConnection } from '@/server/services/sources/stored-connections';
import type { ConnectedSource } from './connector';

/** Where passwords of file sources may stand. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfiguredSource {
  id: string;
  name: string;
  /** Changes with everything that a running tap would have to start again for. */
  revision: string;
  source: ConnectedSource | null;
  /** Why it cannot be tapped, in a sentence; null when it can. */
  problem: string | null;
}

/** The lease under which a source is tapped. */
export const tapLease = (sourceId: string) => `tap ${sourceId}`;

/**
 * @param declared sources of the Sources documents in force; those without `connect` are only recognised in telemetry
 * @param stored sources added in the product; an id that a document connects is the document's
 */
export async function configuredSources(
  declared: readonly Source[], stored: readonly StoredConnection[], box: SecretBox, env: Environment,
): Promise<ConfiguredSource[]> {
  const fromFiles = await Promise.all(declared.flatMap((source) => (source.kind !== 'http' && source.connect ? [fromFile(source, env)] : [])));
  const ids = new Set(fromFiles.map(({ id }) => id));
  const fromConsole = stored.filter(({ enabled, sourceId }) => enabled && !ids.has(sourceId)).map((row) => fromStored(row, box));
  return [...fromFiles, ...fromConsole].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function fromFile(declared: Exclude<Source, { kind: 'http' }>, env: Environment): Promise<ConfiguredSource> {
  const { id, name, system, kind } = declared;
  const { user, password, levers, ...settings } = declared.connect!;
  try {
    const observe = { user, password: await resolvePassword(password, env) };
    const acting = levers ? { user: levers.user, password: await resolvePassword(levers.password, env) } : null;
    return ready({ id, name, system, observe, levers: acting, ...parseSettings(kind, settings) });
  } catch (error) {
    return unusable({ id, name }, JSON.stringify(declared), error);
  }
}

function fromStored(row: StoredConnection, box: SecretBox): ConfiguredSource {
  const { sourceId: id, name } = row;
  try {
    return ready(openStored({ ...row, sourceId: id }, box));
  } catch (error) {
    return unusable({ id, name }, `${row.revision}`, error);
  }
}

/** A stored or candidate connection with its secrets opened. @throws SecretUnreadable, z.ZodError */
export function openStored(
  row: Pick<StoredConnection, 'sourceId' | 'name' | 'system' | 'kind' | 'settings' | 'observeSecret' | 'leverSecret'>, box: SecretBox,
): ConnectedSource {
  const open = (sealed: string | null, use: 'observe' | 'levers'): Credentials | null => (sealed === null ? null : box.open(sealed, secretPurpose(row.sourceId, use)));
  return {
    id: row.sourceId, name: row.name, system: row.system, observe: open(row.observeSecret, 'observe'), levers: open(row.leverSecret, 'levers'),
    ...parseSettings(row.kind, row.settings),
  };
}

/** @throws Error with a sentence for people */
export async function resolvePassword(reference: PasswordReference, env: Environment): Promise<string> {
  if ('env' in reference) {
    const value = env[reference.env];
    if (value === undefined || value === '') throw new Error(`The environment variable ${reference.env}, which holds a password or token, is not set for the collectors. Set it and start them again.`);
    return value;
  }
  try {
    return (await readFile(reference.file, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw new Error(`The password file ${reference.file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}). Make it readable for the collectors.`, { cause: error });
  }
}

function ready(source: ConnectedSource): ConfiguredSource {
  const { id, name } = source;
  if (source.observe === null) return { id, name, revision: digest(JSON.stringify(source)), source: null, problem: 'No user and password to look with are set. Enter them under Settings → Sources.' };
  return { id, name, revision: digest(JSON.stringify(source)), source, problem: null };
}

function unusable({ id, name }: { id: string; name: string }, content: string, error: unknown): ConfiguredSource {
  const problem = error instanceof z.ZodError
    ? `The connection is incomplete: ${error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}.`
    : error instanceof Error ? error.message : 'unknown error';
  return { id, name, revision: digest(content + problem), source: null, problem };
}

/** Credentials are part of what is compared and must not stay in memory beside it. */
function digest(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}
