import { hkdfSync } from 'node:crypto';

/** Short name of this installation, the same for all its processes, that tells nothing of its secret. */
export function installationName(secret: Uint8Array): string {
  return Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), 'signalbox installation', 4)).toString('hex');
}
