/** Compiles the contracts in force into a span mapper. See docs/contracts.md, "How a span finds its hop". */
import { createHash } from 'node:crypto';
import type { ContractSet } from '../contracts/contract-set';
import { compileFlow, legOf, type CompiledFlow, type CompiledHop } from './compiled-flow';
import { isDecimalAmount } from './decimal-amount';
import type { FieldReader } from './field-reader';
import { createKeyTokenizer } from './key-token';
import { SubjectCounts } from './mapping-counts';
import { SpanChannelFinder, type SpanChannel } from './span-channel';
import type { Leg, MappedSpan, MappingCount, SpanFacts, SpanMapper } from './span-mapper';
import { KeySlots, attributeKeysOf, conditionsHold } from './span-selectors';

const EXPLICIT_FLOW = 'signalbox.flow.id';
const EXPLICIT_HOP = 'signalbox.hop';
const FIELDS = ['facility', 'payer', 'supplier', 'department', 'item', 'amount', 'case', 'message'] as const satisfies readonly (keyof CompiledFlow)[];

export interface MapperOptions {
  /** Secret for the tokens of identifying keys, at least 16 bytes. */
  tokenKey: Uint8Array;
  /** Stored with every token, so that the key can be rotated. */
  tokenKeyId: string;
}

/** @throws RangeError when the token key or its id is unusable; a contract set that was loaded never throws. */
export function compileMapper(set: ContractSet, { tokenKey, tokenKeyId }: MapperOptions): SpanMapper {
  const slots = { span: new KeySlots(), resource: new KeySlots() };
  const context = {
    tokenizer: createKeyTokenizer(tokenKey, tokenKeyId),
    lookups: new Map(set.lookups.map(({ metadata, entries }) => [metadata.id, new Map(Object.entries(entries).map(([native, { id }]) => [native, id]))])),
  };
  const flows = set.flows.filter(({ metadata }) => metadata.lifecycle !== 'retired').map((flow) => compileFlow(flow, slots, context));
  const flowsById = new Map(flows.map((flow) => [flow.id, flow]));
  const explicitFlow = slots.span.slotOf(EXPLICIT_FLOW);
  const explicitHop = slots.span.slotOf(EXPLICIT_HOP);
  const channels = new SpanChannelFinder(set, flows.flatMap(({ hops }) => hops), slots.span);
  const { passKeys, tokenKeys } = declaredKeys(set);
  const unassigned = new SubjectCounts();
  const channel: SpanChannel = { sourceId: '', hops: [] };

  function map(span: SpanFacts, out: MappedSpan): void {
    clear(out);
    channels.find(span, channel);
    out.sourceId = channel.sourceId;
    const named = span.attributes[explicitFlow];
    if (named !== undefined && named !== '') {
      const flow = flowsById.get(named);
      if (flow) return assignWithin(flow, span, out);
    }
    const hop = choose(channel.hops, null, span);
    if (hop) return assign(hop, legOf(hop, span), span, out);
    const subject = channels.describe(span, channel.sourceId);
    if (subject !== null) unassigned.add(subject);
  }

  /** The span names its flow; its hop is the one it names, else the one whose channel it lies on, else the only one. */
  function assignWithin(flow: CompiledFlow, span: SpanFacts, out: MappedSpan): void {
    const named = span.attributes[explicitHop];
    const hop = flow.hops.find((candidate) => candidate.hop.id === named) ?? choose(channel.hops, flow, span) ?? (flow.hops.length === 1 ? flow.hops[0] : undefined);
    if (hop) return assign(hop, legOf(hop, span), span, out);
    out.flowId = flow.id;
    out.contractVersion = flow.version;
    readFields(flow, 'none', span, out);
  }

  return {
    version: versionOf(set, tokenKeyId),
    spanKeys: slots.span.keys(),
    resourceKeys: slots.resource.keys(),
    passKeys,
    tokenKeys,
    map,
    takeCounts: () => [
      ...flows.flatMap(takeFieldCounts),
      ...[...unassigned.take()].map(([subject, count]): MappingCount => ({ kind: 'unassigned', subject, count })),
    ],
  };
}

/**
 * The one hop that the span belongs to: the only candidate of which it is a leg, else the only candidate at all. More
 * than one is nobody's to choose: contracts that allow it are refused, but spans may lack what would tell them apart.
 */
function choose(hops: readonly CompiledHop[], within: CompiledFlow | null, span: SpanFacts): CompiledHop | null {
  let asLeg: CompiledHop | null = null;
  let legs = 0;
  let asAny: CompiledHop | null = null;
  let any = 0;
  for (const hop of hops) {
    if ((within !== null && hop.flow !== within) || !conditionsHold(hop.when, span)) continue;
    any++;
    asAny = hop;
    if (legOf(hop, span) !== 'none') {
      legs++;
      asLeg = hop;
    }
  }
  if (legs > 0) return legs === 1 ? asLeg : null;
  return any === 1 ? asAny : null;
}

function assign(hop: CompiledHop, leg: Leg, span: SpanFacts, out: MappedSpan): void {
  const { flow } = hop;
  out.flowId = flow.id;
  out.hopId = hop.hop.id;
  out.leg = leg;
  out.sourceId = hop.hop.channel.source;
  out.contractVersion = flow.version;
  readFields(flow, leg, span, out);
}

/** Fields of spans that are no leg are read for display; only legs count what is missing, once per leg. */
function readFields(flow: CompiledFlow, leg: Leg, span: SpanFacts, out: MappedSpan): void {
  const counts = leg !== 'none';
  out.facilityId = flow.facility.read(span, counts);
  out.payerId = flow.payer.read(span, counts);
  out.supplierId = flow.supplier.read(span, counts);
  out.departmentId = flow.department.read(span, counts);
  out.itemId = flow.item.read(span, counts);
  const key = flow.case.read(span, counts);
  const keyToken = flow.case.tokenOf(key);
  out.caseToken = keyToken ? keyToken.token : key;
  out.caseLabel = keyToken ? keyToken.label : key;
  const message = flow.message.read(span, counts);
  out.messageId = flow.message.tokenOf(message)?.token ?? message;
  const amount = flow.amount.read(span, counts);
  if (amount !== '') {
    if (isDecimalAmount(amount)) {
      out.amount = amount;
      out.currency = flow.currency;
    } else if (counts) {
      flow.amount.invalid++;
    }
  }
  if (leg === 'attempt' && span.isError) out.reason = flow.reason.read(span);
}

function takeFieldCounts(flow: CompiledFlow): MappingCount[] {
  return FIELDS.flatMap((name): MappingCount[] => {
    const field: FieldReader<SpanFacts> = flow[name];
    const subject = `${flow.id}/${field.name}`;
    const counts: MappingCount[] = [
      { kind: 'field-missing', subject, count: field.missing },
      { kind: 'lookup-missing', subject, count: field.lookupMissing },
      { kind: 'amount-invalid', subject, count: field.invalid },
    ];
    field.missing = field.lookupMissing = field.invalid = 0;
    return counts.filter(({ count }) => count > 0);
  });
}

/** Keys that contracts name: those of token fields must never be stored in clear, whatever else names them. */
function declaredKeys(set: ContractSet): { passKeys: Set<string>; tokenKeys: Set<string> } {
  const passKeys = new Set<string>();
  const tokenKeys = new Set<string>();
  for (const { spec } of set.flows) {
    for (const field of Object.values(spec.fields)) {
      for (const key of field.from.flatMap(attributeKeysOf)) (field.token ? tokenKeys : passKeys).add(key);
    }
    for (const hop of spec.path) {
      for (const when of [hop.when, hop.legs?.enter?.when, hop.legs?.leave?.when, hop.legs?.attempt?.when]) {
        for (const key of Object.keys(when ?? {}).flatMap(attributeKeysOf)) passKeys.add(key);
      }
    }
  }
  for (const key of tokenKeys) passKeys.delete(key);
  return { passKeys, tokenKeys };
}

/** Does not depend on the order of keys: documents read back from the database have another one. */
function versionOf(set: ContractSet, tokenKeyId: string): string {
  const sorted = (_: string, value: unknown) => (typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value);
  return createHash('sha256').update(JSON.stringify([set.flows, set.sources, set.lookups, tokenKeyId], sorted)).digest('hex').slice(0, 16);
}

function clear(out: MappedSpan): void {
  out.flowId = out.hopId = out.facilityId = out.payerId = out.supplierId = out.departmentId = out.itemId = '';
  out.caseToken = out.caseLabel = out.amount = out.currency = out.sourceId = out.messageId = out.reason = out.contractVersion = '';
  out.leg = 'none';
}
