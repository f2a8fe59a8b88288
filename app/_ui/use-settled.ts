'use client';

import { useEffect, useState } from 'react';

/** A value once it has not changed for `ms`: so that typing asks one question and not one per key. */
export function useSettled<T extends string | number>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
