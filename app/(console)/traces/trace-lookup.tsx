'use client';

import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import { PAGE_SEARCH } from '../../_ui/keyboard/row-keys';
import { traceIdIn } from './trace-reference';

export function TraceLookup() {
  const router = useRouter();
  const [text, setText] = useState('');
  const [refused, setRefused] = useState(false);
  const problemId = useId();

  const open = () => {
    const traceId = traceIdIn(text);
    setRefused(traceId === null);
    if (traceId !== null) router.push(`/traces/${traceId}`);
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        open();
      }}
    >
      <label className="block">
        <span className="mb-1 block font-medium">Trace id or traceparent header</span>
        <span className="flex gap-2">
          <input
            {...PAGE_SEARCH}
            className="field w-full min-w-0"
            value={text}
            onChange={(event) => setText(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={refused}
            aria-describedby={problemId}
          />
          <button type="submit" className="button button-primary">
            Open
          </button>
        </span>
      </label>
      <p id={problemId} role="alert" className="mt-1 min-h-5 text-failing">
        {refused && 'This is not a trace id: it must have 32 hexadecimal digits, not all zero.'}
      </p>
    </form>
  );
}
