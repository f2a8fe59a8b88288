import { PERMISSIONS, type Permission } from '@/server/domain/roles/permissions';

/** What the viewer may not see, which roles may, and who can change that. `asPage`: nothing else is on the page, so this is its heading. */
export function ForbiddenState({ what, permission, asPage = false }: { what: string; permission: Permission; asPage?: boolean }) {
  const Heading = asPage ? 'h1' : 'h2';
  const roles = new Intl.ListFormat('en', { type: 'disjunction' }).format(PERMISSIONS[permission]);
  return (
    <section className="max-w-prose space-y-2 px-4 py-6">
      <Heading className="text-lg font-medium">You may not see {what}</Heading>
      <p className="text-muted">
        It needs the permission {permission}, which the role {roles} includes. An administrator can grant it to you.
      </p>
    </section>
  );
}
