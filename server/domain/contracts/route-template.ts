/** Route templates: `/orders/{orderId}`, `/orders/:orderId` and `/orders/<id>` are the same route. */

/** The template with every parameter written `{}`, without a trailing slash: equal for templates that mean the same. */
export function canonicalRoute(path: string): string {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return trimmed.split('/').map((segment) => (isParameter(segment) ? '{}' : segment)).join('/');
}

/** Segments of a canonical route that has parameters; null when it has none and can be compared as text. */
export function routeSegments(canonical: string): string[] | null {
  const segments = canonical.split('/');
  return segments.includes('{}') ? segments : null;
}

/** Whether a concrete path fits the template. Allocates nothing: runs once per span and candidate. */
export function pathFitsRoute(path: string, segments: readonly string[]): boolean {
  let position = 0;
  for (let index = 0; index < segments.length; index++) {
    const slash = path.indexOf('/', position);
    const end = slash === -1 ? path.length : slash;
    const segment = segments[index] as string;
    if (segment === '{}') {
      if (end === position) return false;
    } else if (end - position !== segment.length || !path.startsWith(segment, position)) {
      return false;
    }
    if (slash === -1) return index === segments.length - 1;
    position = slash + 1;
  }
  return false;
}

function isParameter(segment: string): boolean {
  return (segment.startsWith('{') && segment.endsWith('}')) || (segment.startsWith(':') && segment.length > 1) || (segment.startsWith('<') && segment.endsWith('>'));
}
