/** The page of what an event is about; null where there is none. */
export function subjectHref(subject: string): string | null {
  const [, kind, id = ''] = /^([a-z]+):(.+)$/.exec(subject) ?? [];
  if (kind === 'operation') return `/operations/${encodeURIComponent(id)}`;
  if (kind === 'source') return `/settings/sources/${encodeURIComponent(id)}`;
  if (kind === 'contract' && id.startsWith('flow/')) return `/flows/${encodeURIComponent(id.slice('flow/'.length))}`;
  return null;
}
