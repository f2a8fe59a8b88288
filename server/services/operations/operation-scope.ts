/** Whether the scope in which somebody holds a permission covers everything that an operation touches. */
import { isEdit } from '@/server/domain/operations/edit';
import type { OperationPlan } from '@/server/domain/operations/plan';
import type { OperationKind } from '@/server/domain/operations/kinds';
import { inScope, type Scope } from '@/server/domain/roles/scope';
import { Refusal } from '../refusal';

const isWhole = ({ facilities, payers }: Scope) => facilities === null && payers === null;

/** What acts on a channel reaches every message in it, whosever it is. @throws Refusal invalid */
export function requireWholeFlow(scopes: readonly Scope[], kind: OperationKind, flowId: string): void {
  if (scopes.some(isWhole)) return;
  throw new Refusal('invalid', `A ${kind} reaches every message of ${flowId}, and your role covers ${scopes.map(scopeWords).join('; ')} only. Ask somebody whose role covers all facilities and payers.`);
}

/** Whether one of the scopes holds everything that the plan touches; what is not known lies in no limited scope. */
export function coversPlan(scopes: readonly Scope[], plan: OperationPlan, kind: OperationKind): boolean {
  if (scopes.some(isWhole)) return true;
  if (kind !== 'replay' || isEdit(plan)) return false;
  const { facilities, payers, unknownFacility, unknownPayer } = plan.dimensions;
  return scopes.some((scope) => inScope(scope, { facilities, payers })
    && (scope.facilities === null || unknownFacility === 0) && (scope.payers === null || unknownPayer === 0));
}

/** A replay touches its items only, everything else the whole flow. @throws Refusal invalid that names what is not covered */
export function requireScopeOf(scopes: readonly Scope[], plan: OperationPlan, kind: OperationKind, flowId: string): void {
  if (coversPlan(scopes, plan, kind)) return;
  if (kind !== 'replay' || isEdit(plan)) return requireWholeFlow(scopes, kind, flowId);
  const { facilities, payers, unknownFacility, unknownPayer } = plan.dimensions;
  throw new Refusal('invalid', `Your role covers ${scopes.map(scopeWords).join('; ')} only, and the plan touches ${[...facilities, ...payers].join(', ')}${unknownFacility + unknownPayer > 0 ? ' and messages whose facility or payer is not known' : ''}. Choose fewer messages, or ask somebody whose role covers them.`);
}

function scopeWords({ facilities, payers }: Scope): string {
  const words = [...(facilities === null ? [] : [`facilities ${facilities.join(', ')}`]), ...(payers === null ? [] : [`payers ${payers.join(', ')}`])];
  return words.length === 0 ? 'everything' : words.join(' and ');
}
