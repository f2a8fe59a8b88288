import type { Actor, Person } from '@/server/domain/roles/actor';
import { resolveToken } from '@/server/services/tokens/resolve-token';
import { loadUserActor } from '@/server/services/users/user-grants';
import type { Database } from '@/server/store/postgres';
import { sessionCookieName, sessionUserId } from './session-cookie';

/** Who sends a request: the machine of a bearer token, else the person of the session cookie; null when neither holds. */
export async function actorOfRequest(db: Database, headers: Headers, now: Date): Promise<Actor | null> {
  const authorization = headers.get('authorization');
  if (authorization !== null) {
    const secret = /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1];
    return secret ? resolveToken(db, secret, 'api', now) : null;
  }
  return actorOfSession(db, cookieValue(headers.get('cookie') ?? '', sessionCookieName()), now);
}

export async function actorOfSession(db: Database, cookie: string | undefined, now: Date): Promise<Person | null> {
  const userId = await sessionUserId(cookie, now);
  return userId === null ? null : loadUserActor(db, userId);
}

/**
 * Whether a request that changes something comes from our own pages. A bearer token is proof enough: no browser adds one
 * by itself, while it adds cookies to what any site sends.
 */
export function isSameOrigin(headers: Headers): boolean {
  if (headers.has('authorization')) return true;
  const origin = headers.get('origin');
  if (origin === null) return headers.get('sec-fetch-site') === 'same-origin';
  const own = [process.env.NEXTAUTH_URL, `http://${headers.get('host')}`, `https://${headers.get('host')}`];
  return own.some((url) => url !== undefined && URL.canParse(url) && new URL(url).origin === origin);
}

function cookieValue(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}
