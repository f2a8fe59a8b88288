import type { PermissionFinding } from '@/server/domain/sources/description';
import { Verdict, type VerdictKind } from '../../../../_ui/status/verdict';
import { byUse, isLever, USE_WORDS } from './description-words';

/** Permissions found and missing, by what they are for, with how to grant the missing ones. */
export function PermissionList({ permissions }: { permissions: readonly PermissionFinding[] }) {
  const levers = permissions.filter(({ for: use }) => isLever(use));
  const observing = permissions.filter(({ for: use }) => !isLever(use));
  return (
    <div className="space-y-4">
      <section>
        <h3 className="mb-1 font-medium">Permissions for observing</h3>
        {observing.length === 0 ? <p className="text-muted">The source tells nothing about them.</p> : <Findings findings={observing} />}
      </section>
      {levers.length > 0 && (
        <section>
          <h3 className="mb-1 font-medium">Permissions for levers</h3>
          <Findings findings={levers} />
        </section>
      )}
    </div>
  );
}

/** A note that all share, such as that there are no credentials at all, is said once. */
function Findings({ findings }: { findings: readonly PermissionFinding[] }) {
  const [note = '', ...others] = new Set(findings.map((finding) => finding.note));
  const isShared = others.length === 0 && note !== '';
  return (
    <>
      {isShared && <p className="mb-2 break-words">{note}</p>}
      <dl className="space-y-2">
        {byUse(findings).map(([use, ofUse]) => (
          <div key={use}>
            <dt className="text-muted">{USE_WORDS[use]}</dt>
            {ofUse.map((finding) => (
              <dd key={finding.permission}>
                <Verdict kind={verdictOf(finding)}>{finding.permission}</Verdict>
                {!isShared && finding.note !== '' && <p className="pl-5 break-words text-muted">{finding.note}</p>}
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </>
  );
}

/** What levers lack is missing on purpose while the source is observe-only: no alarm. */
function verdictOf({ for: use, granted }: PermissionFinding): VerdictKind {
  if (granted === null) return 'unknown';
  if (granted) return 'yes';
  return isLever(use) ? 'absent' : 'no';
}
