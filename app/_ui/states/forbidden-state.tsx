import { PERMISSIONS, type Permission } from '@/server/domain/roles/permissions';

/** What the viewer may not see, which roles may, and who can change that. */
export function ForbiddenState({ what, permission }: { what: string; permission: Permission }) {
  const roles = new Intl.ListFormat('en', { type: 'disjunction' }).format(PERMISSIONS[permission]);
  return (
    <section className="max-w-prose space-y-2 px-4 py-6">
      <h2 className="text-lg font-medium">You may not see {what}</h2>
      <p className="text-muted">
        It needs the permission {permission}, which the role {roles} includes. An administrator can grant it to you.
      </p>
    </section>
  );
}
