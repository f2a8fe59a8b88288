/** How deliveries are signed, and when one that failed is tried again. */
import { createHmac } from 'node:crypto';

const SECOND = 1_000;
const WAITS_MS = [5 * SECOND, 15 * SECOND, 30 * SECOND, 60 * SECOND, 120 * SECOND, 300 * SECOND];
/** From then on every ten minutes. */
const LONGEST_WAIT_MS = 600 * SECOND;
/** After this time a delivery is given up, and stays in the list as such. */
export const GIVE_UP_MS = 24 * 3_600 * SECOND;

/**
 * When to try again after `attempts` attempts, the last of which failed at `now`.
 *
 * @returns null when it is given up
 */
export function nextAttempt({ attempts, createdAt, now }: { attempts: number; createdAt: Date; now: Date }): Date | null {
  const at = new Date(now.getTime() + (WAITS_MS[attempts - 1] ?? LONGEST_WAIT_MS));
  return at.getTime() - createdAt.getTime() > GIVE_UP_MS ? null : at;
}

/** Header `x-signalbox-signature`: HMAC-SHA-256 over `<seconds>.<body>`, so that an old request cannot be sent again later. */
export function signatureOf(body: string, secret: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / SECOND);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
