import type { SourceMatch } from '@/server/domain/contracts/sources-schema';
import type { WantedSource } from '@/server/domain/sources/source-input';

const AMQP_PORT = { 'amqp:': 5672, 'amqps:': 5671 } as const;

/** How telemetry most likely names a source: by the address that its applications connect to, which is ours too. */
export function defaultMatch({ kind, settings }: WantedSource): SourceMatch[] {
  if (kind === 'postgres') return [{ address: settings.host.toLowerCase(), port: settings.port, namespace: settings.database }];
  if (settings.amqp === undefined) return [{ address: hostOf(new URL(settings.management)) }];
  const url = new URL(settings.amqp);
  return [{ address: hostOf(url), port: url.port === '' ? AMQP_PORT[url.protocol as keyof typeof AMQP_PORT] : Number(url.port) }];
}

/** An IPv6 address without its brackets, as spans carry it. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
}
