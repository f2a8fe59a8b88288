import { hkdfSync } from 'node:crypto';
import { decode } from 'next-auth/jwt';

/** After this a person signs in again, however busy the session was. */
export const SESSION_MAX_AGE_S = 12 * 3600;

export function usesHttps(): boolean {
  return (process.env.NEXTAUTH_URL ?? '').startsWith('https://');
}

/** next-auth's own name; the prefix makes browsers refuse the cookie over plain HTTP. */
export function sessionCookieName(): string {
  return `${usesHttps() ? '__Secure-' : ''}next-auth.session-token`;
}

/** NEXTAUTH_SECRET, or a key of its own made from the installation's secret, which so signs nothing directly. */
export function sessionSecret(): string {
  if (process.env.NEXTAUTH_SECRET) return process.env.NEXTAUTH_SECRET;
  const secret = process.env.SIGNALBOX_SECRET;
  if (!secret) throw new Error('Neither NEXTAUTH_SECRET nor SIGNALBOX_SECRET is set. Generate one with "openssl rand -base64 32" and keep it: changing it signs everybody out.');
  return Buffer.from(hkdfSync('sha256', secret, 'signalbox', 'session', 32)).toString('base64url');
}

/** The user a session cookie stands for; null when it is absent, forged or too old. */
export async function sessionUserId(cookie: string | undefined, now: Date): Promise<string | null> {
  if (!cookie) return null;
  const token = await decode({ token: cookie, secret: sessionSecret() }).catch(() => null);
  if (!token?.sub || typeof token.signedInAt !== 'number') return null;
  const ageS = now.getTime() / 1000 - token.signedInAt;
  return ageS >= -60 && ageS <= SESSION_MAX_AGE_S ? token.sub : null;
}
