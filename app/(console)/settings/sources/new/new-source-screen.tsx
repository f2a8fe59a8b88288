'use client';

import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { CONNECTABLE_KINDS } from '@/server/domain/sources/connection';
import { Breadcrumb } from '../../../../_ui/breadcrumb';
import { ForbiddenState } from '../../../../_ui/states/forbidden-state';
import { usePermission } from '../../../_session/permission';
import { emptyDraft } from '../_form/source-draft';
import { SourceForm } from '../_form/source-form';

const kindParam = parseAsStringLiteral(CONNECTABLE_KINDS).withDefault('rabbitmq');

export function NewSourceScreen() {
  const permitted = usePermission('sources:manage');
  const [kind, setKind] = useQueryState('kind', kindParam);
  return (
    <div className="space-y-6 pt-3">
      <div className="space-y-3 px-4">
        <Breadcrumb trail={[{ href: '/settings/sources', name: 'Sources' }]} here="Add a source" />
        <h1 className="text-xl font-semibold">Add a source</h1>
      </div>
      {permitted === false ? (
        <ForbiddenState what="the form for sources" permission="sources:manage" />
      ) : (
        <SourceForm initial={emptyDraft(kind)} source={null} onKind={(next) => void setKind(next)} />
      )}
    </div>
  );
}
