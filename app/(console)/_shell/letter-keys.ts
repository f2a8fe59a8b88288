'use client';

import { useCallback, useSyncExternalStore } from 'react';

const STORED_AS = 'signalbox.letter-keys';
/** `storage` tells other tabs only; this one tells itself. */
const CHANGED = 'signalbox:letter-keys';

/**
 * Whether single letters are shortcuts; people who speak to their computer need them off (WCAG 2.1.4). Off until the
 * browser has said: a key that was switched off must not act on a page that has just come to life.
 */
export function useLetterKeys(): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(subscribe, () => localStorage.getItem(STORED_AS) !== 'off', () => false);
  const store = useCallback((next: boolean) => {
    localStorage.setItem(STORED_AS, next ? 'on' : 'off');
    window.dispatchEvent(new Event(CHANGED));
  }, []);
  return [on, store];
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener('storage', onChange);
  window.addEventListener(CHANGED, onChange);
  return () => {
    window.removeEventListener('storage', onChange);
    window.removeEventListener(CHANGED, onChange);
  };
}
