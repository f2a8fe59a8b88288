import { createHash, randomBytes } from 'node:crypto';

/** Recognisable in logs and by secret scanners. */
const PREFIX = 'sbx_';

/** A new bearer token: 256 random bits, so its plain SHA-256 cannot be turned back. */
export function newTokenSecret(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

/** The only form in which a token is stored. Receivers of telemetry compare the same hash. */
export function hashToken(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
