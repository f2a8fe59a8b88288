import type { z } from 'zod';
import { changeSource, declaringFile, notInConsole } from './change-sources';
import { sealCredentials } from './seal-credentials';
import { sourceForAudit } from './source-for-audit';
import { ask, toSourceRequestView } from './source-requests';
import type { SourceContext } from './source-context';
import { testSourceInput, type WantedSource } from '@/server/domain/sources/source-input';
import type { SourceRequestView } from './source-view';
import type { CandidateConnection, StoredConnection } from './stored-connections';
import type { SecretBox } from '@/server/domain/sources/secret-box';

/**
 * Has a collector test the connection to a saved source, or to one as it would be saved; the answer is read with the id.
 *
 * @throws Refusal not-found, invalid that names the field, too-many-requests
 */
export async function testSource(context: SourceContext, input: z.input<typeof testSourceInput>): Promise<SourceRequestView> {
  const wanted = testSourceInput.parse(input);
  const sourceId = 'sourceId' in wanted ? wanted.sourceId : wanted.candidate.id;
  return changeSource(context, { sourceId, action: 'source.test', permission: 'sources:manage' }, async ({ tx, stored, active, record }) => {
    if ('sourceId' in wanted && !stored && declaringFile(active, sourceId) === null) throw notInConsole(active, sourceId);
    const candidate = 'candidate' in wanted ? toCandidate(wanted.candidate, stored, context.box) : null;
    record({ after: candidate ? sourceForAudit({ ...candidate, match: [] }, stored ?? undefined) : null });
    return toSourceRequestView(await ask(tx, context, { sourceId, kind: 'test', candidate }));
  });
}

function toCandidate(wanted: WantedSource, stored: StoredConnection | null, box: SecretBox): CandidateConnection {
  const { name, system, kind, settings } = wanted;
  const { observeSecret, leverSecret } = sealCredentials(box, wanted, stored);
  return { name, system: system.id, kind, settings, observeSecret, leverSecret };
}
