/** Text at rest: AES-256-GCM under a key that is derived from the installation's secret for one use. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const KEY_ID = 's1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface TextBox {
  /** @param purpose what it is for; the same words are needed to open it */
  seal(text: string, purpose: string): string;
  /** Null where it was sealed under another secret or for another purpose, or was changed. */
  open(sealed: string, purpose: string): string | null;
}

/** @param secret the installation's secret, at least 32 bytes @param use keeps keys of different uses apart */
export function createTextBox(secret: Uint8Array, use: string): TextBox {
  const key = Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), use, 32));
  return {
    seal(text, purpose) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${KEY_ID}:${nonce.toString('base64url')}:${sealed.toString('base64url')}`;
    },
    open(text, purpose) {
      try {
        const [keyId, nonce, body] = text.split(':');
        if (keyId !== KEY_ID || nonce === undefined || body === undefined) return null;
        const sealed = Buffer.from(body, 'base64url');
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: TAG_BYTES }).setAAD(Buffer.from(purpose));
        decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
        return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
      } catch {
        return null;
      }
    },
  };
}
