'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Notice } from '../../../_ui/states/notice';

/** The only time a secret can be read: a token is stored as a hash, the signing secret of a webhook sealed. */
export function NewSecret({ secret, name, what = 'token', onDone }: { secret: string; name: string; what?: string; onDone: () => void }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    setCopied(true);
  };
  const Icon = copied ? Check : Copy;
  return (
    <div className="space-y-4">
      <Notice severity="warning" text={`This is the ${what} ${name}. It is shown only now; copy it before you close.`} />
      <output className="block rounded-sm border border-line-strong bg-page p-3 font-mono text-sm break-all select-all">{secret}</output>
      <div className="flex gap-2">
        <button type="button" className="button" onClick={() => void copy()}>
          <Icon size={14} aria-hidden />
          {copied ? 'Copied' : 'Copy'}
        </button>
        <button type="button" className="button button-primary" onClick={onDone}>
          Done
        </button>
      </div>
    </div>
  );
}
