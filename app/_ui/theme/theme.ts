/** `system` follows the viewer's computer. */
export const THEMES = ['system', 'dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

/** A cookie, so that the first paint already has the right colours. */
export const THEME_COOKIE = 'theme';

export function themeOf(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? 'system';
}
