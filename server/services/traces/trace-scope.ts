import { scopesFor, type Actor } from '@/server/domain/roles/actor';

/** The scopes in which an actor may see traces, as query parameters. One that holds everything stands for all. */
export function scopesForTraces(actor: Actor): { allFacilities: boolean; facilities: string[]; allPayers: boolean; payers: string[] }[] {
  const scopes = scopesFor(actor, 'traces:read').map((scope) => ({
    allFacilities: scope.facilities === null,
    facilities: [...(scope.facilities ?? [])],
    allPayers: scope.payers === null,
    payers: [...(scope.payers ?? [])],
  }));
  const unlimited = scopes.find((scope) => scope.allFacilities && scope.allPayers);
  return unlimited ? [unlimited] : scopes;
}
