/** Credentials of sources at rest: AES-256-GCM under a key that is derived from the installation's secret. */
import { createTextBox } from '../sealed-text';
import { credentials, type Credentials } from './connection';

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
  const box = createTextBox(secret, 'signalbox source credentials');
  return {
    seal: (value, purpose) => box.seal(JSON.stringify(value), purpose),
    open(text, purpose) {
      const clear = box.open(text, purpose);
      try {
        return credentials.parse(JSON.parse(clear ?? ''));
      } catch {
        throw new SecretUnreadable(purpose);
      }
    },
  };
}
