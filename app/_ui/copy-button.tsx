'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';

const SAID_FOR_MS = 2_000;

/** Puts a text on the clipboard and says so. Without TLS browsers offer none; then the text is selected by hand. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState<'copied' | 'refused' | null>(null);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(() => setSaid(null), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('copied');
    } catch {
      setSaid('refused');
    }
  };
  const Icon = said === 'copied' ? Check : Copy;
  return (
    <button type="button" className="button shrink-0 text-muted" onClick={() => void copy()}>
      <Icon size={14} aria-hidden />
      <span aria-hidden>{said === 'copied' ? 'Copied' : said === 'refused' ? 'Select it by hand' : 'Copy'}</span>
      <span className="sr-only">{said === 'refused' ? 'This browser gives no clipboard; select the text by hand' : `Copy ${what}`}</span>
      <span role="status" className="sr-only">{said === 'copied' ? 'Copied' : ''}</span>
    </button>
  );
}
