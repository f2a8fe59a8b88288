'use client';

import { useEffect, useRef } from 'react';

/** Reads again when something else that was shown with it has changed, instead of waiting for the next refresh. */
export function useReadAgainWhen(value: string, read: () => unknown): void {
  const seen = useRef(value);
  useEffect(() => {
    if (seen.current === value) return;
    seen.current = value;
    read();
  }, [value, read]);
}
