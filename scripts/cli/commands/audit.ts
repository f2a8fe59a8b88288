import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { parseAnchorLine } from '@/server/domain/audit/anchor-line';
import { AUDIT_PAGE_SIZE, auditFilterFields, auditSeq } from '@/server/domain/audit/audit-filter';
import type { Anchor } from '@/server/domain/audit/chain-check';
import { listAudit } from '@/server/services/audit/list-audit';
import { verifyAudit } from '@/server/services/audit/verify-audit';
import type { Command } from '../command';
import { asTable } from '../table';
import { UsageError } from '../usage';

const listOptions = z.object({
  ...auditFilterFields, cursor: auditSeq.optional(),
  limit: z.coerce.number().int().min(1).max(AUDIT_PAGE_SIZE.most).default(AUDIT_PAGE_SIZE.default),
});

export const auditList: Command = async (context, { options }) => {
  const page = await listAudit(context, listOptions.parse(options));
  const rows = page.items.map((event) => [`#${event.seq}`, event.at, event.actor, event.action, event.subject, event.outcome, event.reason ?? '']);
  const more = page.nextCursor === null ? '' : `\nThere are more: add --cursor ${page.nextCursor}.`;
  return { data: page, text: asTable(['EVENT', 'TIME (UTC)', 'ACTOR', 'ACTION', 'SUBJECT', 'OUTCOME', 'REASON'], rows) + more };
};

export const auditVerify: Command = async (context, { options }) => {
  const file = options.anchors;
  const told = { lines: 0, unreadable: 0 };
  const verification = await verifyAudit(context, file === undefined ? undefined : readAnchors(file, told));
  const damaged = told.unreadable === 0 ? [] : [`${told.unreadable} of ${told.lines} lines of ${file} are no anchors and were passed over.`];
  return {
    data: { ...verification, unreadableAnchors: told.unreadable },
    text: [verification.state === 'broken' ? `Broken. ${verification.sentence}` : verification.sentence, `Compared with ${verification.anchors} anchors.`, ...damaged].join('\n'),
    exitCode: verification.state === 'broken' ? 1 : 0,
  };
};

/** Streams the file: it may be years long. @throws UsageError when it cannot be read */
async function* readAnchors(file: string, told: { lines: number; unreadable: number }): AsyncGenerator<Anchor> {
  if (!existsSync(file)) throw new UsageError(`${file} does not exist. The collectors write anchors to AUDIT_SINK_FILE, by default audit/anchors.jsonl in the data directory.`);
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    told.lines += 1;
    const anchor = parseAnchorLine(line);
    if (anchor) yield { seq: BigInt(anchor.seq), hash: anchor.hash, at: anchor.at, place: file };
    else told.unreadable += 1;
  }
}
