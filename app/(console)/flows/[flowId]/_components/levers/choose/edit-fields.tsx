'use client';

import { Field } from '../../../../../../_ui/form/field';
import { useLeverForm } from './lever-form';

/** New values for places of the one message, where the contract allows it. Folded, because few replays need it. */
export function EditFields() {
  const { draft, change, frame, problems } = useLeverForm();
  const { edits } = draft;
  if (frame.editable.length === 0 || draft.selectBy !== 'items' || draft.itemKeys.length !== 1) return null;
  const choose = (place: string, isChosen: boolean) => {
    const { [place]: _, ...others } = edits;
    change({ edits: isChosen ? { ...others, [place]: '' } : others });
  };
  return (
    <details className="border-y border-line" open={Object.keys(edits).length > 0 || undefined}>
      <summary className="min-h-8 py-2 font-medium">Change it before it is sent</summary>
      <div className="space-y-3 pb-4">
        <p className="text-muted">The original is kept in a queue of its own and linked. New values are sealed, shown only to whoever approves, and erased once the message is sent.</p>
        {frame.editable.map((place) => (
          <div key={place} className="space-y-1">
            <label className="flex gap-2">
              <input type="checkbox" className="mt-0.5 size-4 shrink-0 accent-(--accent)" checked={place in edits} onChange={(event) => choose(place, event.target.checked)} />
              <code className="min-w-0 break-all">{place}</code>
            </label>
            {place in edits && (
              <Field label="New value" hint="Of the same kind as the old one: text, a number, true or false">
                {(field) => <input {...field} spellCheck={false} autoComplete="off" maxLength={2000} className="field w-full max-w-96" value={edits[place]} onChange={(event) => change({ edits: { ...edits, [place]: event.target.value } })} />}
              </Field>
            )}
          </div>
        ))}
        {problems.edit !== undefined && <p className="text-failing first-letter:uppercase">{problems.edit}</p>}
      </div>
    </details>
  );
}
