'use client';

import { useCallback, useEffect, useState } from 'react';

const STORED_AS = 'signalbox.letter-keys';

/** Whether single letters are shortcuts; people who speak to their computer need them off (WCAG 2.1.4). */
export function useLetterKeys(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(true);
  useEffect(() => setOn(localStorage.getItem(STORED_AS) !== 'off'), []);
  const store = useCallback((next: boolean) => {
    localStorage.setItem(STORED_AS, next ? 'on' : 'off');
    setOn(next);
  }, []);
  return [on, store];
}
