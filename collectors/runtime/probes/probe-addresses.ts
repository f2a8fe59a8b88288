/** Where http sources are asked, as Sources documents say, with the secrets that they name. */
import type { Source } from '@/server/domain/contracts/sources-schema';
import { resolvePassword, type Environment } from '../taps/configured-sources';
import type { ProbeAddress } from './http-answer';

/**
 * @param sources those of the documents in force
 * @returns a problem as a clause without a full stop; no secret is in it
 */
export async function probeAddress(sourceId: string, sources: readonly Source[], env: Environment): Promise<ProbeAddress | { problem: string }> {
  const source = sources.find(({ id }) => id === sourceId);
  if (source === undefined) return { problem: `No source "${sourceId}" is declared any more` };
  if (source.kind !== 'http') return { problem: `${sourceId} is no http source: it cannot be asked by a path` };
  if (source.probe === undefined) return { problem: `${sourceId} has no address to be asked at: add "probe" with its url to the Sources document` };
  const { url, bearer, user, password, headers, timeoutSeconds, tls } = source.probe;
  try {
    const entries = await Promise.all(Object.entries(headers).map(async ([name, value]) => [name, typeof value === 'string' ? value : await resolvePassword(value, env)] as const));
    const authorization = bearer === undefined ? basicOf(user, password === undefined ? '' : await resolvePassword(password, env)) : `Bearer ${await resolvePassword(bearer, env)}`;
    const all = { ...Object.fromEntries(entries), ...(authorization === null ? {} : { authorization }) };
    const unsendable = Object.entries(all).find(([, value]) => !/^[\x20-\x7e]+$/.test(value));
    if (unsendable !== undefined) return { problem: `The ${unsendable[0] === 'authorization' ? 'token or password' : `header ${unsendable[0]}`} for ${sourceId} holds characters that a request cannot carry, such as a line break` };
    return { url, headers: all, timeoutMs: timeoutSeconds * 1000, ca: tls?.ca, serverName: tls?.serverName };
  } catch (error) {
    return { problem: `${sourceId} cannot be asked (${error instanceof Error ? error.message.replace(/\.$/, '') : 'unknown error'})` };
  }
}

function basicOf(user: string | undefined, password: string): string | null {
  return user === undefined ? null : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
