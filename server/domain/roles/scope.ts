/**
 * A scope cuts messages, cases, money and impact to facilities and payers; flow-level technical figures are not cut.
 * `null` means all.
 */
export interface Scope {
  facilities: readonly string[] | null;
  payers: readonly string[] | null;
}

/** One role for one scope; several grants of a person add up. */
export interface Grant<R extends string> {
  role: R;
  scope: Scope;
}

/** Whether a scope holds a thing of these dimensions. Where the scope is limited, the thing must be known to lie inside it. */
export function inScope(scope: Scope, thing: { facilities: readonly string[]; payers: readonly string[] }): boolean {
  return within(scope.facilities, thing.facilities) && within(scope.payers, thing.payers);
}

function within(allowed: readonly string[] | null, values: readonly string[]): boolean {
  if (allowed === null) return true;
  return values.length > 0 && values.every((value) => allowed.includes(value));
}
