import type { z } from 'zod';
import { Refusal } from '../refusal';
import { authorize } from '../service-context';
import { listSources } from './list-sources';
import type { SourceContext } from './source-context';
import { readSourceInput } from '@/server/domain/sources/source-input';
import type { SourceView } from './source-view';

/** One source with the state of its tap. @throws Refusal not-found */
export async function readSource(context: SourceContext, input: z.input<typeof readSourceInput>): Promise<SourceView> {
  authorize(context, 'sources:read', `Source "${input.sourceId}"`);
  const { sourceId } = readSourceInput.parse(input);
  const source = (await listSources(context)).find(({ id }) => id === sourceId);
  if (!source) throw new Refusal('not-found', `Source "${sourceId}" was not found.`);
  return source;
}
