import type { PermissionFinding } from '@/server/domain/sources/description';
import { Verdict } from '../../../../_ui/status/verdict';
import { byUse, USE_WORDS } from './description-words';

/** Permissions found and missing, by what they are for, with how to grant the missing ones. */
export function PermissionList({ permissions }: { permissions: readonly PermissionFinding[] }) {
  return (
    <section>
      <h3 className="mb-1 font-medium">Permissions of the user</h3>
      {permissions.length === 0 && <p className="text-muted">The source tells nothing about them.</p>}
      <dl className="space-y-2">
        {byUse(permissions).map(([use, findings]) => (
          <div key={use}>
            <dt className="text-muted">{USE_WORDS[use]}</dt>
            {findings.map(({ permission, granted, note }) => (
              <dd key={permission}>
                <Verdict kind={granted === null ? 'unknown' : granted ? 'yes' : 'no'}>{permission}</Verdict>
                {note !== '' && <p className="pl-5 break-words text-muted">{note}</p>}
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </section>
  );
}
