import type { Scope } from '@/server/domain/roles/scope';
import { scopesAsParams } from '@/server/queries/fields';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';

const DEFAULT_WINDOW_MS = 30 * 24 * 3_600_000;

export interface FailureFilter {
  flowId: string;
  reason?: string | undefined;
  payer?: string | undefined;
  facility?: string | undefined;
  /** When it failed: RFC 3339, both ends inclusive; the last thirty days by default. */
  from?: string | undefined;
  to?: string | undefined;
}

/**
 * Checks that the caller may read messages and that the flow exists, and says what to ask for within the caller's scope.
 *
 * @throws Refusal not-found, invalid
 */
export async function failureQuestion(context: ServiceContext, filter: FailureFilter): Promise<FailureQuestion> {
  const scopes: Scope[] = authorize(context, 'messages:read', `Flow "${filter.flowId}"`);
  const flow = await context.db.query.activeContracts.findFirst({
    columns: { documentId: true }, where: (row, { and, eq }) => and(eq(row.kind, 'Flow'), eq(row.documentId, filter.flowId)),
  });
  if (!flow) throw new Refusal('not-found', `Flow "${filter.flowId}" was not found: no contract has this id.`);
  const toMs = filter.to === undefined ? context.now().getTime() : Date.parse(filter.to);
  const fromMs = filter.from === undefined ? Math.max(0, toMs - DEFAULT_WINDOW_MS) : Date.parse(filter.from);
  if (fromMs > toMs) throw new Refusal('invalid', `The window ends (${new Date(toMs).toISOString()}) before it begins (${new Date(fromMs).toISOString()}). Exchange from and to.`);
  return { flowId: filter.flowId, fromMs, toMs, reason: filter.reason ?? '', payer: filter.payer ?? '', facility: filter.facility ?? '', ...scopesAsParams(scopes) };
}

interface FailureQuestion {
  flowId: string;
  fromMs: number;
  toMs: number;
  reason: string;
  payer: string;
  facility: string;
  facilityScopes: string[][];
  payerScopes: string[][];
}
