import { useState } from 'react';
import { TextField, useSourceForm } from './draft-fields';
import { problemOf } from './field-problems';

export function TlsFields() {
  const { draft, problems } = useSourceForm();
  const [filled] = useState(draft.ca !== '' || draft.serverName !== '');
  const refused = problemOf(problems, 'settings.tls') !== undefined;
  return (
    <details open={filled || refused || undefined} className="border-t border-line">
      <summary className="min-h-8 py-2 font-medium">Certificate of its own authority</summary>
      <div className="space-y-4 pb-4">
        <TextField
          of="ca"
          path="settings.tls.ca"
          label="Certificate of the authority"
          lines={4}
          hint="PEM. Empty: the authorities that the collectors' system trusts."
        />
        <TextField of="serverName" path="settings.tls.serverName" label="Name in the certificate" hint="Where it is not the address" />
      </div>
    </details>
  );
}
