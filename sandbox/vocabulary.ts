import { readFileSync } from 'node:fs';

/** The systems of the network. The order fixes their ports: base port + position + 1. */
export const SYSTEMS = ['erp', 'inventory', 'billing', 'clearinghouse', 'analytics', 'middleware', 'suppliers', 'southgate'] as const;
export type SystemId = (typeof SYSTEMS)[number];

/** `service.name` of each system, as the network's telemetry team chose it. */
const SERVICE_NAMES: Record<SystemId, string> = {
  erp: 'meridian-erp',
  inventory: 'meridian-inventory',
  billing: 'meridian-billing',
  clearinghouse: 'northstar-clearinghouse',
  analytics: 'meridian-analytics',
  middleware: 'meridian-integration-engine',
  suppliers: 'supplier-network',
  southgate: 'southgate-clearinghouse',
};

/** The network's own attribute keys. A fact of a message that is named here is written on its spans. */
const ATTRIBUTE_KEYS = {
  messageId: 'meridian.message.id',
  facility: 'meridian.facility.id',
  department: 'meridian.department.id',
  payer: 'meridian.payer.id',
  supplier: 'meridian.supplier.id',
  item: 'meridian.item.id',
  usageLine: 'meridian.usage_line.id',
  requisition: 'meridian.requisition.id',
  purchaseOrder: 'meridian.purchase_order.number',
  shipment: 'meridian.shipment.id',
  receipt: 'meridian.receipt.number',
  charge: 'meridian.charge.id',
  claim: 'meridian.claim.control_number',
  remittance: 'meridian.remittance.trace_number',
  journal: 'meridian.journal.batch',
  itemVersion: 'meridian.item.version',
  extract: 'meridian.extract.id',
  amount: 'meridian.amount',
  currency: 'meridian.currency',
  target: 'meridian.target.system',
  attempt: 'meridian.delivery.attempt',
};

export type FactName = Exclude<keyof typeof ATTRIBUTE_KEYS, 'attempt'>;

export interface Vocabulary {
  attributes: Record<keyof typeof ATTRIBUTE_KEYS, string>;
  services: Record<SystemId, string>;
}

/** The vocabulary in force: the network's own, with the renames of a file (`{attributes: {old: new}, services: {old: new}}`). */
export function loadVocabulary(renamesFile: string | undefined): Vocabulary {
  if (renamesFile === undefined) return { attributes: { ...ATTRIBUTE_KEYS }, services: { ...SERVICE_NAMES } };
  const renames = parseRenames(readFileSync(renamesFile, 'utf8'), renamesFile);
  return {
    attributes: rename(ATTRIBUTE_KEYS, renames.attributes, renamesFile),
    services: rename(SERVICE_NAMES, renames.services, renamesFile),
  };
}

type Renames = Record<string, string>;

function parseRenames(text: string, file: string): { attributes: Renames; services: Renames } {
  const parsed: unknown = JSON.parse(text);
  const section = (name: string): Renames => {
    const found = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>)[name] : undefined;
    if (found === undefined) return {};
    if (typeof found !== 'object' || found === null || Object.values(found).some((value) => typeof value !== 'string')) {
      throw new Error(`${file}: "${name}" must map old names to new names`);
    }
    return found as Renames;
  };
  return { attributes: section('attributes'), services: section('services') };
}

function rename<K extends string>(names: Record<K, string>, renames: Renames, file: string): Record<K, string> {
  const known = new Set<string>(Object.values(names));
  const unknown = Object.keys(renames).filter((old) => !known.has(old));
  if (unknown.length > 0) throw new Error(`${file}: there is no name ${unknown.join(', ')} to rename`);
  const renamed = { ...names };
  for (const key of Object.keys(names) as K[]) renamed[key] = renames[names[key]] ?? names[key];
  return renamed;
}
