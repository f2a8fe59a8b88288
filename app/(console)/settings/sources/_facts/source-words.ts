import type { SourceView } from '@/server/services/sources/source-view';

export const KIND_WORDS: Record<SourceView['kind'], string> = {
  rabbitmq: 'RabbitMQ',
  postgres: 'PostgreSQL',
  http: 'HTTP API',
};

/** Where a source is: `https://broker:15671`, `erp-db:5432/erp`, or how telemetry names it. */
export function addressOf({ kind, settings, match }: SourceView): string {
  if (kind === 'rabbitmq' && typeof settings?.management === 'string') return settings.management;
  if (kind === 'postgres' && typeof settings?.host === 'string') return `${settings.host}:${String(settings.port)}/${String(settings.database)}`;
  return match.map(({ address, port, namespace }) => [address, port === undefined ? '' : `:${port}`, namespace === undefined ? '' : `/${namespace}`].join('')).join(', ');
}

/** What Signalbox may do with a source. */
export function accessWords({ settings, leverUser, observeUser }: SourceView): string {
  if (settings === null) return 'recognised in telemetry only';
  if (observeUser === null) return 'not tapped: no user for observing';
  return leverUser === null ? 'observe-only' : 'levers';
}

/** A source of a file is changed in that file; one that was added here, here. */
export function isEditable({ origin }: SourceView): boolean {
  return origin === 'console';
}
