'use client';

import { useState } from 'react';
import type { SourceView } from '@/server/services/sources/source-view';
import { ForbiddenState } from '../../../../../_ui/states/forbidden-state';
import { usePermission } from '../../../../_session/permission';
import { FileNote } from '../../_facts/file-note';
import { isEditable } from '../../_facts/source-words';
import { draftOf } from '../../_form/source-draft';
import { SourceForm } from '../../_form/source-form';
import { SourceFrame } from '../source-frame';

export function EditSourceScreen({ sourceId }: { sourceId: string }) {
  const permitted = usePermission('sources:manage');
  return (
    <SourceFrame sourceId={sourceId} here="Edit">
      {(source) => (
        <>
          <h1 className="px-4 text-xl font-semibold">Edit {source.name}</h1>
          {permitted === false ? (
            <ForbiddenState what="the form for sources" permission="sources:manage" />
          ) : isEditable(source) ? (
            <EditForm source={source} />
          ) : (
            <div className="px-4">
              <FileNote source={source} />
            </div>
          )}
        </>
      )}
    </SourceFrame>
  );
}

/** Keeps the source as it was when editing began: refreshes must neither change the form nor the revision it is based on. */
function EditForm({ source }: { source: SourceView }) {
  const [begun] = useState(source);
  return <SourceForm initial={draftOf(begun)} source={begun} />;
}
