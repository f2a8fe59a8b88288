/** JSON Pointer (RFC 6901), as far as probes need it. */

/** @returns the scalar at the pointer as text; undefined where there is nothing, or no scalar */
export function scalarAt(document: unknown, pointer: string): string | undefined {
  let found: unknown = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return typeof found === 'string' || typeof found === 'boolean' || typeof found === 'number' ? String(found) : undefined;
}
