'use client';

import { useCallback, useEffect, useState } from 'react';
import { storePreference } from '../preference';
import { THEME_COOKIE, themeOf, type Theme } from './theme';

const CHANGED = 'signalbox:theme';

/** The theme in force and a way to change it; every caller on the page sees the change. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>('system');
  useEffect(() => {
    const read = () => setTheme(themeOf(document.documentElement.dataset.theme));
    read();
    document.addEventListener(CHANGED, read);
    return () => document.removeEventListener(CHANGED, read);
  }, []);

  const choose = useCallback((next: Theme) => {
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    storePreference(THEME_COOKIE, next);
    document.dispatchEvent(new Event(CHANGED));
  }, []);
  return [theme, choose];
}
