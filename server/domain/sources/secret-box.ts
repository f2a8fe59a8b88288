/** Credentials of sources at rest: AES-256-GCM under a key that is derived from the installation's secret. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { credentials, type Credentials } from './connection';

const KEY_ID = 's1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface SecretBox {
  /** @param purpose what the secret is for, e.g. `rabbit-main/observe`; the same words are needed to open it */
  seal(secret: Credentials, purpose: string): string;
  /** @throws SecretUnreadable */
  open(sealed: string, purpose: string): Credentials;
}

export class SecretUnreadable extends Error {
  constructor(purpose: string) {
    super(`The stored credentials of ${purpose} cannot be decrypted: SIGNALBOX_SECRET is not the one they were stored with. Enter them again under Settings → Sources, or start with the former secret.`);
    this.name = 'SecretUnreadable';
  }
}

/** @param secret the installation's secret, at least 32 bytes */
export function createSecretBox(secret: Uint8Array): SecretBox {
  const key = Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), 'signalbox source credentials', 32));
  return {
    seal(value, purpose) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${KEY_ID}:${nonce.toString('base64url')}:${sealed.toString('base64url')}`;
    },
    open(text, purpose) {
      try {
        const [keyId, nonce, body] = text.split(':');
        if (keyId !== KEY_ID || nonce === undefined || body === undefined) throw new SecretUnreadable(purpose);
        const sealed = Buffer.from(body, 'base64url');
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: TAG_BYTES }).setAAD(Buffer.from(purpose));
        decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
        const clear = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
        return credentials.parse(JSON.parse(clear));
      } catch {
        throw new SecretUnreadable(purpose);
      }
    },
  };
}
