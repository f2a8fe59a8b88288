import { useId } from 'react';
import { CONNECTABLE_KINDS, type ConnectableKind } from '@/server/domain/sources/connection';
import type { SourceView } from '@/server/services/sources/source-view';
import { Field } from '../../../../_ui/form/field';
import { KIND_WORDS } from '../_facts/source-words';
import { TextField, useSourceForm } from './draft-fields';
import { problemOf } from './field-problems';
import { slugOf } from './source-draft';

/** What the source is and what it is called. Kind and id are chosen once: contracts name the id. */
export function IdentityFields({ systems, isNew, onKind }: { systems: readonly SourceView['system'][]; isNew: boolean; onKind: (kind: ConnectableKind) => void }) {
  const { draft, change, problems } = useSourceForm();
  const systemsId = useId();
  return (
    <>
      {isNew && (
        <fieldset>
          <legend className="mb-1 font-medium">Kind</legend>
          <div className="flex flex-wrap gap-x-6">
            {CONNECTABLE_KINDS.map((kind) => (
              <label key={kind} className="flex min-h-8 items-center gap-2">
                <input type="radio" name="kind" className="size-4 accent-(--accent)" checked={draft.kind === kind} onChange={() => onKind(kind)} />
                {kind === 'postgres' ? `Interface tables in ${KIND_WORDS[kind]}` : KIND_WORDS[kind]}
              </label>
            ))}
          </div>
        </fieldset>
      )}
      <TextField of="name" path="name" label="Name" hint="As people call it, for example Claims broker" control={{ maxLength: 200 }} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          of="system"
          path="system"
          label="System"
          hint="The application it belongs to: one that is known, or a new name"
          control={{ list: systemsId, maxLength: 200 }}
        />
        <datalist id={systemsId}>
          {systems.map((system) => (
            <option key={system.id} value={system.name}>
              {system.id}
            </option>
          ))}
        </datalist>
        <Field label="Id" hint={isNew ? 'Contracts name the source by it; it stays.' : 'Contracts name the source by it; it cannot be changed.'} problem={problemOf(problems, 'id')}>
          {(control) => (
            <input
              {...control}
              className="field w-full disabled:opacity-60"
              value={draft.id ?? slugOf(draft.name)}
              disabled={!isNew}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => change({ id: event.target.value })}
            />
          )}
        </Field>
      </div>
    </>
  );
}
