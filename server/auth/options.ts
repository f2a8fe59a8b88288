import type { AuthOptions } from 'next-auth';
import type { CredentialsConfig } from 'next-auth/providers/credentials';
import { connections } from '@/server/api/connections';
import { signInWithIdentity } from '@/server/services/sign-in/sign-in-with-identity';
import { signInWithPassword } from '@/server/services/sign-in/sign-in-with-password';
import { IDENTITY_PROVIDER_ID, identityProviderConfig, parseRoleMap, type OidcProfile } from './identity-provider';
import { SESSION_MAX_AGE_S, sessionSecret, usesHttps } from './session-cookie';

/**
 * next-auth with the smallest session possible: the user id and when it began. Roles are loaded with every request, so
 * a change of roles or a disabled user is in force at once.
 */
export function authOptions(): AuthOptions {
  const oidc = identityProviderConfig();
  return {
    secret: sessionSecret(),
    session: { strategy: 'jwt', maxAge: SESSION_MAX_AGE_S },
    useSecureCookies: usesHttps(),
    pages: { signIn: '/sign-in', error: '/sign-in' },
    providers: oidc ? [passwordProvider, oidc] : [passwordProvider],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.provider !== IDENTITY_PROVIDER_ID) return true;
        const { email, email_verified: verified, groups } = (profile ?? {}) as OidcProfile;
        const found = await signInWithIdentity(
          connections().db,
          { email: email ?? '', emailVerified: verified === true || verified === 'true', groups: Array.isArray(groups) ? groups : [] },
          parseRoleMap(process.env.OIDC_ROLE_MAP),
          new Date(),
        );
        if (!found) return false;
        user.id = found.userId;
        return true;
      },
      jwt({ token, user }) {
        if (user) return { sub: user.id, signedInAt: Math.floor(Date.now() / 1000) };
        return { sub: token.sub, signedInAt: token.signedInAt };
      },
      session: ({ session }) => ({ expires: session.expires }),
    },
    // Failed sign-ins are counted in the throttle; the library's own log prints stack traces and addresses.
    logger: { error: () => undefined, warn: () => undefined, debug: () => undefined },
  };
}

const passwordProvider: CredentialsConfig<{ email: { type: string }; password: { type: string } }> = {
  id: 'credentials',
  type: 'credentials',
  name: 'password',
  credentials: { email: { type: 'email' }, password: { type: 'password' } },
  async authorize(credentials, request) {
    if (!credentials?.email || !credentials.password || credentials.password.length > 200) return null;
    const found = await signInWithPassword(connections().db, {
      email: credentials.email,
      password: credentials.password,
      address: String(request.headers?.['x-forwarded-for'] ?? 'unknown').split(',')[0]!.trim(),
      at: new Date(),
    });
    return found && { id: found.userId };
  },
};
