/** What was added in the product, as stored: sources and flow contracts that collectors load besides the contract folder. */
import { sql } from 'drizzle-orm';
import type { ConsoleSource, ConsoleState } from '@/server/domain/contracts/console-files';
import { sourceMatch } from '@/server/domain/contracts/sources-schema';
import { CONNECTABLE_KINDS } from '@/server/domain/sources/connection';
import type { Database, schema } from '@/server/store/postgres';

/** Whoever changes what is in force checks it against what is in force: one after the other. Any constant of our own will do. */
const CONSOLE_LOCK = 7_160_524;

export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

/** Until the end of the transaction nobody else changes sources or documents of the product. */
export async function lockConsole(tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${CONSOLE_LOCK})`);
}

/** Sources and documents of the product, each in the order of ids. */
export async function readConsoleState(db: Pick<Database, 'query'>): Promise<ConsoleState> {
  const connections = await db.query.sourceConnections.findMany({ orderBy: (row, { asc }) => [asc(row.sourceId)] });
  const documents = await db.query.consoleDocuments.findMany({ orderBy: (row, { asc }) => [asc(row.kind), asc(row.documentId)] });
  return { sources: connections.flatMap(toConsoleSource), documents: documents.map(({ kind, documentId: id, yaml }) => ({ kind, id, yaml })) };
}

/** Differs whenever a source or a document of the product was added, changed or removed. Two small queries. */
export async function readConsoleStamp(db: Pick<Database, 'query'>): Promise<string> {
  const sources = await db.query.sourceConnections.findMany({ columns: { sourceId: true, revision: true, createdAt: true }, orderBy: (row, { asc }) => [asc(row.sourceId)] });
  const documents = await db.query.consoleDocuments.findMany({ columns: { kind: true, documentId: true, revision: true, updatedAt: true }, orderBy: (row, { asc }) => [asc(row.kind), asc(row.documentId)] });
  return JSON.stringify([sources.map(({ sourceId, revision, createdAt }) => [sourceId, revision, createdAt]), documents.map(({ kind, documentId, revision, updatedAt }) => [kind, documentId, revision, updatedAt])]);
}

/** None for a kind that this version does not know. */
function toConsoleSource({ sourceId, name, system, systemName, kind: stored, match }: typeof schema.sourceConnections.$inferSelect): ConsoleSource[] {
  const kind = CONNECTABLE_KINDS.find((known) => known === stored);
  return kind === undefined ? [] : [{ id: sourceId, name, system: { id: system, name: systemName }, kind, match: sourceMatch.array().parse(match) }];
}
