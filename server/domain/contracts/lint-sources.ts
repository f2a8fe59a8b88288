/** Rules of one Sources document beyond its shape. */
import type { Finding } from './rules';
import type { SourcesDocument } from './sources-schema';

/** Every rule that the document breaks on its own, whatever other documents say. */
export function lintSources({ sources }: SourcesDocument): Finding[] {
  return sources.flatMap((source, index): Finding[] => {
    if (source.kind === 'http' || !source.connect?.levers || source.connect.levers.user !== source.connect.user) return [];
    return [{ rule: 'separate-levers', path: ['sources', index, 'connect', 'levers', 'user'], message: `Source ${source.id} would act as "${source.connect.user}", the user for looking. Give levers a user of their own, or leave them out: the source is then observe-only.` }];
  });
}
