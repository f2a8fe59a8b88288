/** Where to go after signing in: only ever a path of our own, whatever the address says. */
export function returnPath(requested: string | string[] | undefined): string {
  if (typeof requested !== 'string' || !requested.startsWith('/')) return '/';
  const base = 'http://signalbox.invalid';
  const url = URL.canParse(requested, base) ? new URL(requested, base) : null;
  if (url === null || url.origin !== base || url.pathname === '/sign-in') return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}
