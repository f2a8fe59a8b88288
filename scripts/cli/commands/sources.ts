import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SourceDescription } from '@/server/domain/sources/description';
import type { Discovery } from '@/server/domain/sources/discovery';
import { Refusal } from '@/server/services/refusal';
import { createSource } from '@/server/services/sources/create-source';
import { discoverSource } from '@/server/services/sources/discover-source';
import { listSources } from '@/server/services/sources/list-sources';
import { readSource } from '@/server/services/sources/read-source';
import { readSourceRequest } from '@/server/services/sources/read-source-request';
import { removeSource } from '@/server/services/sources/remove-source';
import type { SourceContext } from '@/server/services/sources/source-context';
import type { SourceRequestView } from '@/server/services/sources/source-view';
import { testSource } from '@/server/services/sources/test-source';
import { required } from '../arguments';
import type { Command, CommandContext } from '../command';
import { readSourceFile } from '../source-file';
import { asTable } from '../table';
import { UsageError } from '../usage';

const ASK_AGAIN_MS = 250;

const withBox = (context: CommandContext): SourceContext => ({ ...context, box: context.box() });

export const sourceList: Command = async (context) => {
  const sources = await listSources(withBox(context));
  const rows = sources.map(({ id, kind, origin, file, tap, flows }) => [tap.status, id, kind, file ?? origin, String(flows.length), tap.summary]);
  return { data: sources, text: asTable(['TAP', 'SOURCE', 'KIND', 'FROM', 'FLOWS', 'SUMMARY'], rows) };
};

export const sourceShow: Command = async (context, { options }) => {
  const source = await readSource(withBox(context), { sourceId: required(options, 'id') });
  const rows = [
    ['name', source.name], ['system', `${source.system.name} (${source.system.id})`], ['kind', source.kind], ['from', source.file ?? source.origin],
    ...Object.entries(source.settings ?? {}).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
    ['looks as', source.observeUser ?? 'nobody'], ['acts as', source.leverUser ?? 'nobody: observe-only'], ['flows', source.flows.join(', ') || 'none'],
    ['tap', `${source.tap.status}: ${source.tap.summary}`], ['last success', source.tap.lastSuccessAt ?? 'never'], ...(source.tap.lastError === null ? [] : [['last error', source.tap.lastError]]),
  ];
  return { data: source, text: asTable(['SOURCE', source.id], rows) };
};

export const sourceTest: Command = async (context, { options }) => {
  const request = await answerTo(context, await testSource(withBox(context), { sourceId: required(options, 'id') }));
  const { description } = request;
  if (!description?.reachable) return { data: request, text: request.error ?? description?.problem ?? 'There is no answer.', exitCode: 1 };
  return { data: request, text: describe(description) };
};

export const sourceDiscover: Command = async (context, { options }) => {
  const request = await answerTo(context, await discoverSource(withBox(context), { sourceId: required(options, 'id') }));
  if (!request.discovery) return { data: request, text: request.error ?? 'There is no answer.', exitCode: 1 };
  const written = options.out === undefined ? [] : await writeDrafts(options.out, request.discovery);
  return { data: request, text: [summarise(request.discovery), ...written].join('\n') };
};

export const sourceAdd: Command = async (context, { options }) => {
  const source = await createSource(withBox(context), await readSourceFile(required(options, 'file'), context));
  return { data: source, text: `Source "${source.name}" (${source.id}) is added. Test it with "source test ${source.id}".` };
};

export const sourceRemove: Command = async (context, { options }) => {
  const removed = await removeSource(withBox(context), { sourceId: required(options, 'id') });
  return { data: removed, text: `Source ${removed.id} is removed.` };
};

/** Waits until a collector has answered, or nobody does: the service gives up by itself. */
async function answerTo(context: CommandContext, asked: SourceRequestView): Promise<SourceRequestView> {
  let request = asked;
  while (request.state === 'waiting' || request.state === 'running') {
    await pause(ASK_AGAIN_MS);
    request = await readSourceRequest(context, { requestId: asked.id });
  }
  return request;
}

function describe({ product, version, isTestedVersion, latencyMs, clockDifferenceMs, capabilities, permissions, notes }: SourceDescription): string {
  const words = (granted: boolean | null) => (granted === null ? 'unknown' : granted ? 'yes' : 'missing');
  return [
    `Reachable: ${product} ${version}${isTestedVersion ? '' : ' (not among the tested versions)'}${latencyMs === null ? '' : `, answers in ${Math.round(latencyMs)} ms`}${clockDifferenceMs === null ? '' : `, clock differs by ${Math.round(clockDifferenceMs)} ms`}.`,
    '', asTable(['WHAT', 'AVAILABLE', 'NOTE'], capabilities.map(({ id, available, note }) => [id, available ? 'yes' : 'no', note])),
    '', asTable(['FOR', 'PERMISSION', 'GRANTED', 'NOTE'], permissions.map((finding) => [finding.for, finding.permission, words(finding.granted), finding.note])),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}

function summarise({ nodes, drafts, notes }: Discovery): string {
  const kinds = [...new Set(nodes.map(({ kind }) => kind))].map((kind) => `${nodes.filter((node) => node.kind === kind).length} of kind ${kind}`);
  return [
    `Found ${nodes.length}: ${kinds.join(', ') || 'nothing'}.`,
    '', asTable(['DRAFT', 'CHANNELS', 'GUESSES'], drafts.map(({ flowId, channels, guesses }) => [flowId, channels.join(', '), String(guesses.length)])),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}

/** Nothing that is there is overwritten. @returns one sentence per file */
async function writeDrafts(directory: string, { drafts }: Discovery): Promise<string[]> {
  const sentences: string[] = [];
  for (const { flowId, yaml } of drafts) {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(flowId)) throw new Refusal('invalid', `The draft "${flowId}" has no id that could be a file name.`);
    const path = join(directory, `${flowId}.yaml`);
    await writeFile(path, yaml, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`${path} cannot be written (${error.code ?? 'unknown error'}).${error.code === 'EEXIST' ? ' Remove it first, or choose another directory.' : ''}`);
    });
    sentences.push(`Written: ${path}`);
  }
  return sentences;
}
