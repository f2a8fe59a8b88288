/** One thing that is wrong with what was sent, as the server says it. */
export interface RefusalIssue {
  field: string | null;
  line: number | null;
  rule: string | null;
  message: string;
}

/** Everything that the server found wrong, each with its place; empty where its sentence says it all. */
export function refusalIssues(error: unknown): RefusalIssue[] {
  if (!isRecord(error) || !isRecord(error.data) || !Array.isArray(error.data.issues)) return [];
  return error.data.issues.flatMap((issue: unknown) => {
    if (!isRecord(issue) || typeof issue.message !== 'string') return [];
    const { field, line, rule, message } = issue;
    return [{ field: typeof field === 'string' ? field : null, line: typeof line === 'number' ? line : null, rule: typeof rule === 'string' ? rule : null, message }];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
