'use client';

import Link from 'next/link';
import { ForbiddenState } from '../../_ui/states/forbidden-state';
import { usePermission } from '../_session/permission';

const VIEWS = [
  { href: '/audit', name: 'Events' },
  { href: '/audit/reports', name: 'Reports' },
] as const;

/** What the pages of the audit trail share: the title, the way between them, and who may not see them. */
export function AuditFrame({ current, actions, children }: { current: (typeof VIEWS)[number]['href']; actions?: React.ReactNode; children: React.ReactNode }) {
  const permitted = usePermission('audit:read');
  return (
    <div className="space-y-4 pt-3">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-4">
        <div className="max-w-prose">
          <h1 className="text-xl font-semibold">Audit</h1>
          <p className="text-muted">Who changed what, who approved it, what was refused. Events are chained; none can be changed or removed unseen.</p>
        </div>
        {permitted === true && actions}
      </div>
      <nav aria-label="Views of the audit trail" className="flex gap-1 border-b border-line px-2">
        {VIEWS.map(({ href, name }) => (
          <Link
            key={href}
            href={href}
            aria-current={href === current ? 'page' : undefined}
            className={`-mb-px flex h-9 items-center border-b-2 px-2 ${href === current ? 'border-accent font-medium' : 'border-transparent text-muted hover:text-ink'}`}
          >
            {name}
          </Link>
        ))}
      </nav>
      {permitted === false ? <ForbiddenState what="the audit trail" permission="audit:read" /> : children}
    </div>
  );
}
