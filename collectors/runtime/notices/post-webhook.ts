/** One attempt to hand a notice to a receiver. */
import { signatureOf } from '@/server/domain/notices/sending';

const TIMEOUT_MS = 5_000;

export interface WebhookRequest {
  url: string;
  secret: string;
  /** Stays the same at every attempt. */
  delivery: string;
  body: string;
}

/**
 * POSTs it as JSON; any 2xx means that it was taken. Redirects are not followed: the address is what an administrator agreed to.
 *
 * @returns null, or why it was not taken: a sentence without secrets, that names the host alone
 */
export async function postWebhook({ url, secret, delivery, body }: WebhookRequest, { now, signal, timeoutMs = TIMEOUT_MS }: { now: Date; signal?: AbortSignal; timeoutMs?: number }): Promise<string | null> {
  const { host } = new URL(url);
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST', body, redirect: 'manual', signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
      headers: { 'content-type': 'application/json', 'user-agent': 'signalbox', 'x-signalbox-delivery': delivery, 'x-signalbox-signature': signatureOf(body, secret, now) },
    });
    await response.body?.cancel();
    return response.ok ? null : `${host} answered ${response.status}${response.status >= 300 && response.status < 400 ? ', and redirects are not followed' : ''}.`;
  } catch (error) {
    if (deadline.aborted) return `${host} did not answer within ${timeoutMs / 1_000} s.`;
    const code = error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? String(error.cause.code) : '';
    return `${host} could not be reached${/^[A-Z][A-Z0-9_]{1,39}$/.test(code) ? ` (${code})` : ''}.`;
  }
}
