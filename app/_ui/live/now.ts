'use client';

import { useEffect, useState } from 'react';

/** Epoch milliseconds, renewed every `everyMs`: for ages and clocks. Render it only where facts are already shown. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
