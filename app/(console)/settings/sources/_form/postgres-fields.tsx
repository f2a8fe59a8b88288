import { Field } from '../../../../_ui/form/field';
import { TextField, useSourceForm } from './draft-fields';
import { problemOf } from './field-problems';

const ENCRYPTIONS = [
  { value: 'verify-full', words: 'TLS, and check the certificate' },
  { value: 'require', words: 'TLS, without checking the certificate' },
  { value: 'disable', words: 'None: passwords and rows travel in clear' },
] as const;

export function PostgresFields() {
  const { draft, change, problems } = useSourceForm();
  return (
    <>
      <div className="grid grid-cols-[1fr_96px] gap-4">
        <TextField of="host" path="settings.host" label="Host" hint="For example erp-db.internal" />
        <TextField of="port" path="settings.port" label="Port" control={{ inputMode: 'numeric' }} />
      </div>
      <TextField of="database" path="settings.database" label="Database" />
      <TextField of="schemas" path="settings.schemas" label="Schemas" lines={2} hint="One per line. Empty: all that the user may read." />
      <Field label="Encryption" problem={problemOf(problems, 'settings.encryption')}>
        {(control) => (
          <select {...control} className="field w-full" value={draft.encryption} onChange={(event) => change({ encryption: event.target.value })}>
            {ENCRYPTIONS.map(({ value, words }) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}
