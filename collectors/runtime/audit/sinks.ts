/** Places outside of the database that the head of the audit chain is written to, so that its owner cannot rewrite it unseen. */
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatAnchorLine, type AnchorLine } from '@/server/domain/audit/anchor-line';

const WEBHOOK_TIMEOUT_MS = 10_000;

export interface AuditSink {
  /** As it is shown; without anything secret. */
  name: string;
  /** Returns when the anchor is safe there. @throws Error with a sentence without secrets */
  write(anchor: AnchorLine): Promise<void>;
}

/** Every sink of the settings. */
export function auditSinksOf({ file, url, token }: { file: string | null; url: string | null; token: string | undefined }): AuditSink[] {
  return [...(file === null ? [] : [fileSink(file)]), ...(url === null ? [] : [webhookSink(url, token)])];
}

/** Appends to a file, made when missing, and waits until the disk has it. */
export function fileSink(path: string): AuditSink {
  return {
    name: `file:${path}`,
    async write(anchor) {
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        const file = await open(path, 'a', 0o600);
        try {
          await file.appendFile(formatAnchorLine(anchor));
          await file.sync();
        } finally {
          await file.close();
        }
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'no reason given';
        throw new Error(`The audit chain's head cannot be written to ${path} (${code}). Make the file writable for the collectors, or name another in AUDIT_SINK_FILE.`, { cause: error });
      }
    },
  };
}

/** POSTs it as JSON; any 2xx means that it was taken. Redirects are not followed: the token belongs to this address alone. */
export function webhookSink(url: string, token: string | undefined): AuditSink {
  const { origin, pathname, host } = new URL(url);
  return {
    name: `webhook:${origin}${pathname}`,
    async write(anchor) {
      let status: number;
      try {
        const response = await fetch(url, {
          method: 'POST', body: formatAnchorLine(anchor), redirect: 'manual', signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
          headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
        });
        ({ status } = response);
        await response.body?.cancel();
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? String(error.cause.code) : error instanceof Error ? error.name : '';
        throw new Error(`The audit chain's head was not sent: ${host} does not answer (${cause}). Check AUDIT_SINK_URL.`, { cause: error });
      }
      if (status < 200 || status > 299) throw new Error(`The audit chain's head was not taken: ${host} answers ${status}. Check AUDIT_SINK_URL and AUDIT_SINK_TOKEN.`);
    },
  };
}
