import type { OAuthConfig } from 'next-auth/providers/oauth';
import { isRole, type Role } from '@/server/domain/roles/permissions';

export const IDENTITY_PROVIDER_ID = 'oidc';

export interface OidcProfile {
  sub: string;
  email?: string;
  email_verified?: boolean | string;
  name?: string;
  groups?: string[];
}

/** The identity provider people may sign in with, for the sign-in page; null where none is configured. */
export function identityProvider(): { id: string; name: string } | null {
  return process.env.OIDC_ISSUER && process.env.OIDC_CLIENT_ID ? { id: IDENTITY_PROVIDER_ID, name: process.env.OIDC_NAME || 'single sign-on' } : null;
}

/** OpenID Connect by discovery, with PKCE, state and nonce. */
export function identityProviderConfig(): OAuthConfig<OidcProfile> | null {
  const shown = identityProvider();
  if (!shown) return null;
  const issuer = process.env.OIDC_ISSUER!.replace(/\/$/, '');
  return {
    id: shown.id,
    name: shown.name,
    type: 'oauth',
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    issuer,
    clientId: process.env.OIDC_CLIENT_ID!,
    clientSecret: process.env.OIDC_CLIENT_SECRET ?? '',
    authorization: { params: { scope: 'openid email profile' } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    profile: (profile) => ({ id: profile.sub, email: profile.email ?? null, name: profile.name ?? null }),
  };
}

/**
 * `OIDC_ROLE_MAP`, e.g. `hospital-noc=noc,hospital-admins=admin`: groups of the identity provider to our roles.
 *
 * @throws Error that names the entry which is not `group=role`
 */
export function parseRoleMap(text: string | undefined): Map<string, Role> {
  const map = new Map<string, Role>();
  for (const entry of (text ?? '').split(',').map((part) => part.trim()).filter(Boolean)) {
    const at = entry.lastIndexOf('=');
    const role = entry.slice(at + 1).trim();
    if (at < 1 || !isRole(role)) throw new Error(`OIDC_ROLE_MAP: "${entry}" is not group=role with one of our roles.`);
    map.set(entry.slice(0, at).trim(), role);
  }
  return map;
}
