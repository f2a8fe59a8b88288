import { createHash } from 'node:crypto';
import type { Json } from '@/server/domain/canonical-json';
import { parseConsoleFlow } from '@/server/domain/contracts/console-files';

/** A contract of the product as the audit trail keeps it: which text it was, not the text, which its versions hold. */
export function documentForAudit({ yaml, revision }: { yaml: string; revision: number }): Json {
  const body = parseConsoleFlow(yaml).documents[0]?.body;
  const metadata = body?.kind === 'Flow' ? body.metadata : null;
  return { revision, version: metadata?.version ?? null, lifecycle: metadata?.lifecycle ?? null, sha256: createHash('sha256').update(yaml).digest('hex') };
}
