/** Answers the questions that only a collector can put to a source: tests of connections, discoveries. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { ConnectableKind } from '@/server/domain/sources/connection';
import type { SecretBox } from '@/server/domain/sources/secret-box';
import { answerSourceRequest, claimSourceRequest, type SourceRequestRow } from '@/server/services/sources/claim-requests';
import { candidateConnection } from '@/server/services/sources/stored-connections';
import type { Database } from '@/server/store/postgres';
import type { Logger } from '../logger';
import { openStored, type ConfiguredSource } from './configured-sources';
import type { ConnectedSource, Connector, ContractsInForce } from './connector';

const LOOK_MS = 1_000;
const TEST_LIMIT_MS = 20_000;
const DISCOVERY_LIMIT_MS = 60_000;
/** Questions at once, so that a source that does not answer delays few others. */
const AT_ONCE = 4;

export interface RequestWorkerOptions {
  db: Database;
  connectors: Readonly<Record<ConnectableKind, Connector>>;
  sources: () => readonly ConfiguredSource[];
  contracts: () => ContractsInForce;
  box: SecretBox;
  owner: string;
  logger: Logger;
}

export function startRequestWorker(options: RequestWorkerOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const working = new Set<Promise<void>>();

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const request = working.size < AT_ONCE ? await claimSourceRequest(options.db, options.owner, new Date()).catch(() => null) : null;
      if (request) {
        const work = answer(request, options, stopping.signal).finally(() => working.delete(work));
        working.add(work);
        continue;
      }
      await pause(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  return {
    stop: async () => {
      stopping.abort();
      await loop;
      await Promise.all(working);
    },
  };
}

async function answer(request: SourceRequestRow, options: RequestWorkerOptions, stopping: AbortSignal): Promise<void> {
  const { db, owner, logger } = options;
  const limitMs = request.kind === 'test' ? TEST_LIMIT_MS : DISCOVERY_LIMIT_MS;
  const limit = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([stopping, limit]);
  let outcome: { answer: unknown } | { error: string };
  try {
    const source = sourceOf(request, options);
    const connector = options.connectors[source.kind];
    const asked = request.kind === 'test' ? connector.describe(source, signal) : connector.discover(source, options.contracts(), signal);
    outcome = { answer: await Promise.race([asked, rejectOn(signal)]) };
  } catch (error) {
    outcome = { error: limit.aborted ? `The source did not answer within ${limitMs / 1000} s. Check address, port and firewall, then try again.` : sentenceOf(error) };
  }
  // A question that a stopping process leaves is asked again by another one.
  if (stopping.aborted && 'error' in outcome) return;
  await answerSourceRequest(db, { id: request.id, owner }, outcome, new Date())
    .catch((error: unknown) => logger.warn({ request: request.id, error: sentenceOf(error) }, 'an answer could not be stored; the question will be asked again'));
}

function sourceOf(request: SourceRequestRow, { sources, box }: RequestWorkerOptions): ConnectedSource {
  if (request.candidate !== null) {
    const candidate = candidateConnection.parse(request.candidate);
    return openStored({ sourceId: request.sourceId, ...candidate }, box);
  }
  const configured = sources().find(({ id }) => id === request.sourceId);
  if (!configured) throw new Error(`The source ${request.sourceId} is not connected: it is disabled, or it was removed, or only recognised in telemetry.`);
  if (!configured.source) throw new Error(configured.problem ?? 'The source cannot be reached.');
  return configured.source;
}

function sentenceOf(error: unknown): string {
  if (error instanceof z.ZodError) return `The connection is incomplete: ${error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}.`;
  return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : 'unknown error';
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true }));
}
