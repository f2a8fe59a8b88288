/** Documents as they are loaded, and the set of them that is in force. */
import { isConsoleSources } from './console-names';
import type { FlowContract } from './flow-schema';
import type { LookupDocument } from './lookup-schema';
import type { ProcessContract } from './process-schema';
import type { Source, SourcesDocument, System } from './sources-schema';

export const CONTRACT_KINDS = ['Flow', 'Process', 'Sources', 'Lookup'] as const;
export type ContractKind = (typeof CONTRACT_KINDS)[number];

export type ContractBody = FlowContract | ProcessContract | SourcesDocument | LookupDocument;

export interface ContractDocument {
  kind: ContractKind;
  id: string;
  /** The author's version; `0.0.0` where the document has none. */
  version: string;
  /** Relative to the contract folder. */
  file: string;
  /** The document's own text, without the other documents of its file. */
  yaml: string;
  /** SHA-256 of `yaml`, in hex: the identity of this version. */
  sha256: string;
  body: ContractBody;
}

/** Every contract in force, in the order of ids. */
export interface ContractSet {
  flows: readonly FlowContract[];
  processes: readonly ProcessContract[];
  sources: readonly Source[];
  systems: readonly System[];
  lookups: readonly LookupDocument[];
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Gathers bodies into a set; the order of the input does not matter. */
export function contractSetOf(bodies: readonly ContractBody[]): ContractSet {
  const flows = bodies.filter((body) => body.kind === 'Flow');
  const processes = bodies.filter((body) => body.kind === 'Process');
  const lookups = bodies.filter((body) => body.kind === 'Lookup');
  const installations = bodies.filter((body) => body.kind === 'Sources')
    .toSorted((a, b) => Number(isConsoleSources(a.metadata.id)) - Number(isConsoleSources(b.metadata.id)));
  // A source of the product declares its system too; where a file does, the file's name counts.
  const systems = new Map(installations.flatMap((body) => body.systems).toReversed().map((system) => [system.id, system]));
  return {
    flows: flows.toSorted((a, b) => byId(a.metadata, b.metadata)),
    processes: processes.toSorted((a, b) => byId(a.metadata, b.metadata)),
    sources: installations.flatMap((body) => body.sources).toSorted(byId),
    systems: [...systems.values()].toSorted(byId),
    lookups: lookups.toSorted((a, b) => byId(a.metadata, b.metadata)),
  };
}
