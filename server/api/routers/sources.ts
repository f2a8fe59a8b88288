import { withBox } from '@/server/api/installation-box';
import { procedureFor, router } from '@/server/api/trpc';
import { createSource } from '@/server/services/sources/create-source';
import { discoverSource } from '@/server/services/sources/discover-source';
import { listSources } from '@/server/services/sources/list-sources';
import { readSource } from '@/server/services/sources/read-source';
import { readSourceRequest } from '@/server/services/sources/read-source-request';
import { removeSource } from '@/server/services/sources/remove-source';
import { setSourceEnabled } from '@/server/services/sources/set-source-enabled';
import { sourceInput, discoverSourceInput, readSourceInput, readSourceRequestInput, removeSourceInput, setSourceEnabledInput, testSourceInput, updateSourceInput } from '@/server/domain/sources/source-input';
import { testSource } from '@/server/services/sources/test-source';
import { updateSource } from '@/server/services/sources/update-source';

export const sourcesRouter = router({
  list: procedureFor('sources:read').query(({ ctx }) => listSources(withBox(ctx))),
  byId: procedureFor('sources:read').input(readSourceInput).query(({ ctx, input }) => readSource(withBox(ctx), input)),
  create: procedureFor('sources:manage').input(sourceInput).mutation(({ ctx, input }) => createSource(withBox(ctx), input)),
  update: procedureFor('sources:manage').input(updateSourceInput).mutation(({ ctx, input }) => updateSource(withBox(ctx), input)),
  setEnabled: procedureFor('sources:manage').input(setSourceEnabledInput).mutation(({ ctx, input }) => setSourceEnabled(withBox(ctx), input)),
  remove: procedureFor('sources:manage').input(removeSourceInput).mutation(({ ctx, input }) => removeSource(withBox(ctx), input)),
  test: procedureFor('sources:manage').input(testSourceInput).mutation(({ ctx, input }) => testSource(withBox(ctx), input)),
  discover: procedureFor('contracts:manage').input(discoverSourceInput).mutation(({ ctx, input }) => discoverSource(withBox(ctx), input)),
  /** A test or discovery with its answer; asked again until its state is `done` or `failed`. */
  request: procedureFor('sources:read').input(readSourceRequestInput).query(({ ctx, input }) => readSourceRequest(ctx, input)),
});
