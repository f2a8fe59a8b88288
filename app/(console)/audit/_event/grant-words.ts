import type { AccessGrant } from '@/server/domain/audit/access-report';

/** `engineer for facilities mercy-north and payers acme`; a role alone where its scope is everything. */
export function grantWords({ role, facilities, payers }: AccessGrant): string {
  const scope = [
    ...(facilities === null ? [] : [`facilities ${facilities.join(', ')}`]),
    ...(payers === null ? [] : [`payers ${payers.join(', ')}`]),
  ];
  return scope.length === 0 ? role : `${role} for ${scope.join(' and ')}`;
}
