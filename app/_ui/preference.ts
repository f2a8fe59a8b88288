const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Keeps how this browser wants to see the product. In a cookie, so that the server already renders it that way. */
export function storePreference(name: string, value: string): void {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}
