import type { Source } from '@/server/domain/contracts/sources-schema';
import { SETTINGS_OF_KIND } from '@/server/domain/sources/connection';
import type { StoredConnection } from '@/server/services/sources/stored-connections';

/** A source that a tap should be looking at, whether or not it can. */
export interface TappedSource {
  id: string;
  name: string;
  pollMs: number;
}

const DEFAULT_POLL_SECONDS = 5;

/**
 * @param declared sources of the Sources documents in force
 * @param stored sources added in the product; an id that a document connects is the document's
 */
export function tappedSources(declared: readonly Source[], stored: readonly StoredConnection[]): Map<string, TappedSource> {
  const fromConsole = stored.filter(({ enabled, observeSecret }) => enabled && observeSecret !== null).map(({ sourceId, name, kind, settings }) => (
    [sourceId, { id: sourceId, name, pollMs: pollSecondsOf(kind, settings) * 1000 }] as const
  ));
  const fromFiles = declared.flatMap((source) => (
    source.kind !== 'http' && source.connect ? [[source.id, { id: source.id, name: source.name, pollMs: source.connect.pollSeconds * 1000 }] as const] : []
  ));
  return new Map([...fromConsole, ...fromFiles]);
}

/** Settings that cannot be read are reported by the tap; here they must not stop the evaluation of other flows. */
function pollSecondsOf(kind: StoredConnection['kind'], settings: unknown): number {
  return SETTINGS_OF_KIND[kind].safeParse(settings).data?.pollSeconds ?? DEFAULT_POLL_SECONDS;
}
