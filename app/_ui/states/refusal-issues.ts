import type { RefusalIssue } from '@/server/services/refusal';

/** Everything that the server found wrong, each with its place; empty where its sentence says it all. */
export function refusalIssues(error: unknown): RefusalIssue[] {
  if (!isRecord(error) || !isRecord(error.data) || !Array.isArray(error.data.issues)) return [];
  return error.data.issues.filter((issue): issue is RefusalIssue => isRecord(issue) && typeof issue.message === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
