/** Rules between documents: what they name exists, and ids and matches are unambiguous. */
import { ambiguousHops, ambiguousRows, type PlacedHop } from './ambiguous-hops';
import { isConsoleFile } from './console-names';
import { SOURCE_KIND_OF_CHANNEL, channelId, channelPartition, type Channel } from './channel';
import type { ContractDocument } from './contract-set';
import type { FlowContract } from './flow-schema';
import type { ProcessContract, StepEvidence } from './process-schema';
import type { ContractRule, DocumentPath, Finding } from './rules';
import type { Source } from './sources-schema';

export interface DocumentFinding extends Finding { document: ContractDocument }
type Report = (document: ContractDocument, rule: ContractRule, path: DocumentPath, message: string) => void;
type Placed<T> = { document: ContractDocument; body: T };

interface Declared {
  flows: Map<string, FlowContract>;
  processes: Map<string, ProcessContract>;
  sources: Map<string, Source>;
  systems: Set<string>;
  lookups: Set<string>;
}

/** Every rule broken between the documents. A rule that two documents break together is reported for both. */
export function lintSet(documents: readonly ContractDocument[]): DocumentFinding[] {
  const findings: DocumentFinding[] = [];
  const report: Report = (document, rule, path, message) => findings.push({ document, rule, path, message });
  const declared: Declared = { flows: new Map(), processes: new Map(), sources: new Map(), systems: new Set(), lookups: new Set() };
  for (const { body } of documents) {
    if (body.kind === 'Flow') declared.flows.set(body.metadata.id, body);
    else if (body.kind === 'Process') declared.processes.set(body.metadata.id, body);
    else if (body.kind === 'Lookup') declared.lookups.add(body.metadata.id);
    else {
      for (const source of body.sources) declared.sources.set(source.id, source);
      for (const system of body.systems) declared.systems.add(system.id);
    }
  }
  lintDuplicates(documents, report);
  lintSourceMatches(documents, report);
  for (const document of documents) {
    // A retired flow matches nothing, so what it names may be gone.
    if (document.body.kind === 'Flow' && document.body.metadata.lifecycle !== 'retired') lintFlowReferences({ document, body: document.body }, declared, report);
    if (document.body.kind === 'Process') lintProcessReferences({ document, body: document.body }, declared, report);
    if (document.body.kind === 'Sources') {
      document.body.sources.forEach((source, index) => {
        if (!declared.systems.has(source.system)) report(document, 'system-unknown', ['sources', index, 'system'], `Source ${source.id} belongs to the system "${source.system}", which no Sources document declares under systems.`);
      });
    }
  }
  lintAmbiguity(documents, report);
  return findings;
}

function lintDuplicates(documents: readonly ContractDocument[], report: Report): void {
  const holders = new Map<string, { document: ContractDocument; path: DocumentPath; word: string; id: string }[]>();
  const hold = (document: ContractDocument, word: string, id: string, path: DocumentPath) => {
    const key = `${word} ${id}`;
    holders.set(key, [...(holders.get(key) ?? []), { document, path, word, id }]);
  };
  for (const document of documents) {
    const idPath = document.kind === 'Sources' ? ['metadata'] : ['metadata', 'id'];
    hold(document, document.kind === 'Sources' ? 'sources document' : document.kind.toLowerCase(), document.id, idPath);
    if (document.body.kind !== 'Sources') continue;
    document.body.sources.forEach(({ id }, index) => hold(document, 'source', id, ['sources', index, 'id']));
    // Each source of the product declares its system, whoever else does.
    if (!isConsoleFile(document.file)) document.body.systems.forEach(({ id }, index) => hold(document, 'system', id, ['systems', index, 'id']));
  }
  for (const same of holders.values()) {
    if (same.length < 2) continue;
    const files = [...new Set(same.map(({ document }) => document.file))].join(' and ');
    for (const { document, path, word, id } of same) report(document, 'duplicate-id', path, `The ${word} "${id}" is declared ${same.length} times, in ${files}. Keep one.`);
  }
}

function lintSourceMatches(documents: readonly ContractDocument[], report: Report): void {
  const seen = new Map<string, { document: ContractDocument; sourceId: string; path: DocumentPath }>();
  for (const document of documents) {
    if (document.body.kind !== 'Sources') continue;
    document.body.sources.forEach((source, index) => source.match.forEach((match, position) => {
      const key = JSON.stringify([source.kind, match.address, match.port ?? null, match.namespace ?? null]);
      const here = { document, sourceId: source.id, path: ['sources', index, 'match', position] };
      const other = seen.get(key);
      seen.set(key, here);
      if (!other) return;
      const message = `Sources ${other.sourceId} and ${source.id} are both recognised by ${match.address}${match.port ? `:${match.port}` : ''}${match.namespace ? ` namespace ${match.namespace}` : ''}. Give them different ports or namespaces.`;
      for (const place of other.document === document ? [here] : [other, here]) report(place.document, 'source-match', place.path, message);
    }));
  }
}

function lintFlowReferences({ document, body: { metadata, spec } }: Placed<FlowContract>, declared: Declared, report: Report): void {
  const checkChannel = (channel: Channel, path: DocumentPath) => {
    const source = declared.sources.get(channel.source);
    if (!source) report(document, 'source-unknown', [...path, 'source'], `Flow ${metadata.id}: the source "${channel.source}" of channel ${channelId(channel)} is not declared in any Sources document.`);
    else if (source.kind !== SOURCE_KIND_OF_CHANNEL[channel.kind]) report(document, 'source-kind', [...path, 'kind'], `Flow ${metadata.id}: a ${channel.kind} lies in a ${SOURCE_KIND_OF_CHANNEL[channel.kind]} source, but "${source.id}" is of kind ${source.kind}.`);
  };
  spec.path.forEach((hop, index) => {
    checkChannel(hop.channel, ['spec', 'path', index, 'channel']);
    if (hop.takenBy && !declared.systems.has(hop.takenBy)) report(document, 'system-unknown', ['spec', 'path', index, 'takenBy'], `Flow ${metadata.id}: hop ${hop.id} is taken by the system "${hop.takenBy}", which no Sources document declares under systems.`);
  });
  spec.reroute?.alternates?.forEach((alternate, index) => checkChannel(alternate.channel, ['spec', 'reroute', 'alternates', index, 'channel']));
  for (const [name, field] of Object.entries(spec.fields)) {
    if (field.lookup && !declared.lookups.has(field.lookup)) report(document, 'lookup-unknown', ['spec', 'fields', name, 'lookup'], `Flow ${metadata.id}: field "${name}" uses the lookup "${field.lookup}", which does not exist.`);
  }
  const reportSource = (asker: string, probe: { http: string } | { source: string; sql: string }, path: DocumentPath) => {
    const sourceId = 'http' in probe ? probe.http.slice(probe.http.indexOf(' ') + 1, probe.http.indexOf(':')) : probe.source;
    const source = declared.sources.get(sourceId);
    const kind = 'http' in probe ? 'http' : 'postgres';
    if (!source) report(document, 'source-unknown', path, `Flow ${metadata.id}: ${asker} asks the source "${sourceId}", which is not declared in any Sources document.`);
    else if (source.kind !== kind) report(document, 'source-kind', path, `Flow ${metadata.id}: ${asker} asks the source "${sourceId}" ${kind === 'http' ? 'by a path' : 'by a statement'}, but it is of kind ${source.kind}.`);
  };
  spec.replay?.preconditions?.forEach(({ probe }, index) => {
    const path = ['spec', 'replay', 'preconditions', index, 'probe'];
    if (!probe) return;
    if ('caseStep' in probe) {
      const { process, step } = probe.caseStep;
      if (!declared.processes.get(process)?.spec.steps.some(({ id }) => id === step)) report(document, 'evidence-unknown', path, `Flow ${metadata.id}: a precondition asks for step "${step}" of process "${process}", which does not exist.`);
      return;
    }
    reportSource('a precondition', probe, path);
  });
  const primary = spec.reroute?.primaryProbe;
  if (primary && !('consumers' in primary)) reportSource('the probe of the primary', primary, ['spec', 'reroute', 'primaryProbe']);
  const confirm = spec.replay?.confirm;
  const reportOutcome = (of: string, { flow, hop }: { flow: string; hop: string }, path: DocumentPath) => {
    if (!hopExists(declared, { flow, hop })) report(document, 'evidence-unknown', path, `Flow ${metadata.id}: ${of} names hop "${hop}" of flow "${flow}", which does not exist.`);
  };
  if (confirm && 'stages' in confirm) confirm.stages.forEach((stage, index) => reportOutcome(`stage "${stage.name}" of replay.confirm`, stage, ['spec', 'replay', 'confirm', 'stages', index]));
  else if (confirm) reportOutcome('replay.confirm', confirm, ['spec', 'replay', 'confirm']);
}

function lintProcessReferences({ document, body: { metadata, spec } }: Placed<ProcessContract>, declared: Declared, report: Report): void {
  const check = (evidence: StepEvidence, path: DocumentPath) => {
    if (!('flow' in evidence) || hopExists(declared, evidence)) return;
    const what = declared.flows.has(evidence.flow) ? `flow "${evidence.flow}" has no hop "${evidence.hop}"` : `there is no flow "${evidence.flow}" in force`;
    report(document, 'evidence-unknown', path, `Process ${metadata.id}: ${what}.`);
  };
  const lists: [DocumentPath, ProcessContract['spec']['steps']][] = [[['spec', 'steps'], spec.steps], ...spec.variants.map((variant, index): [DocumentPath, ProcessContract['spec']['steps']] => [['spec', 'variants', index, 'steps'], variant.steps])];
  for (const [path, steps] of lists) steps.forEach((step, index) => step.evidence.forEach((evidence, position) => check(evidence, [...path, index, 'evidence', position])));
  spec.terminals.forEach((terminal, index) => check(terminal.on, ['spec', 'terminals', index, 'on']));
}

function hopExists(declared: Declared, { flow, hop }: { flow: string; hop: string }): boolean {
  return declared.flows.get(flow)?.spec.path.some(({ id }) => id === hop) ?? false;
}

function lintAmbiguity(documents: readonly ContractDocument[], report: Report): void {
  const documentOf = new Map<FlowContract, ContractDocument>();
  for (const document of documents) if (document.body.kind === 'Flow') documentOf.set(document.body, document);
  const flows = [...documentOf.keys()];
  const reportPair = ([a, b]: [PlacedHop, PlacedHop], rule: ContractRule, message: string) => {
    // Two documents of one flow: "duplicate-id" says what is wrong.
    if (a.flow !== b.flow && a.flow.metadata.id === b.flow.metadata.id) return;
    for (const { flow, index } of a.flow === b.flow ? [b] : [a, b]) {
      const document = documentOf.get(flow);
      if (document) report(document, rule, ['spec', 'path', index], message);
    }
  };
  for (const pair of ambiguousHops(flows)) reportPair(pair, 'ambiguous-channel', ambiguityOfSpans(...pair));
  for (const pair of ambiguousRows(flows)) reportPair(pair, 'ambiguous-rows', ambiguityOfRows(...pair));
}

const bothHops = (a: PlacedHop, b: PlacedHop) => `Flow ${a.flow.metadata.id} (hop ${a.hop.id}) and flow ${b.flow.metadata.id} (hop ${b.hop.id})`;

function ambiguityOfSpans(a: PlacedHop, b: PlacedHop): string {
  const ids = [...new Set([channelId(a.hop.channel), channelId(b.hop.channel)])].join(' or ');
  const isPartition = [a, b].some(({ hop }) => channelPartition(hop.channel) !== '');
  return `${bothHops(a, b)} could both match a span on ${ids}. ${isPartition ? '"where" keeps rows apart, but a span carries no columns. ' : ''}Tell them apart with different values of one selector in "when", or with different services in "legs".`;
}

function ambiguityOfRows(a: PlacedHop, b: PlacedHop): string {
  return `${bothHops(a, b)} could both take a row of ${channelId(a.hop.channel)}, which would count twice. Name one column in the "where" of both, with different values${a.hop.when || b.hop.when ? '; "when" tells spans apart, not rows' : ''}.`;
}
