export type QueryFailure =
  | { kind: 'signed-out' }
  | { kind: 'forbidden'; message: string }
  | { kind: 'not-found'; message: string }
  | { kind: 'unreachable' }
  | { kind: 'failed'; message: string };

/** What went wrong with a question to the server, as far as it changes what the viewer should do. */
export function queryFailure(error: unknown): QueryFailure {
  const message = error instanceof Error ? error.message : String(error);
  switch (codeOf(error)) {
    case 'UNAUTHORIZED':
      return { kind: 'signed-out' };
    case 'FORBIDDEN':
      return { kind: 'forbidden', message };
    case 'NOT_FOUND':
      return { kind: 'not-found', message };
    case null:
      return { kind: 'unreachable' };
    default:
      return { kind: 'failed', message };
  }
}

/** Asking again cannot change these answers. */
export function isFinal(error: unknown): boolean {
  return !['unreachable', 'failed'].includes(queryFailure(error).kind);
}

/** tRPC's error code; null when no answer came back at all. */
function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('data' in error)) return null;
  const { data } = error;
  if (typeof data !== 'object' || data === null || !('code' in data)) return null;
  return typeof data.code === 'string' ? data.code : null;
}
