import { encode } from 'next-auth/jwt';
import { sessionCookieName, sessionSecret } from '../session-cookie';

/** The `cookie` header of a browser in which this person has just signed in. */
export async function sessionCookieOf(userId: string): Promise<string> {
  return `${sessionCookieName()}=${await encode({ token: { sub: userId, signedInAt: Math.floor(Date.now() / 1000) }, secret: sessionSecret() })}`;
}
