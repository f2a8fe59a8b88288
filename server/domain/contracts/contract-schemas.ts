/** The schema of each kind of document. */
import type { ContractBody, ContractKind } from './contract-set';
import { flowSchema } from './flow-schema';
import { lookupSchema } from './lookup-schema';
import { processSchema } from './process-schema';
import { sourcesSchema } from './sources-schema';

export const CONTRACT_SCHEMAS = { Flow: flowSchema, Process: processSchema, Sources: sourcesSchema, Lookup: lookupSchema } as const;

/** Reads a stored document back; null when this version of the contract language no longer takes it. */
export function readContractBody(kind: ContractKind, document: unknown): ContractBody | null {
  const result = CONTRACT_SCHEMAS[kind].safeParse(document);
  return result.success ? result.data : null;
}
