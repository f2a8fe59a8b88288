/** Contracts applied to what taps see: messages with headers and bodies, rows with columns. */
import type { ContractSet } from '../contracts/contract-set';
import type { FlowContract, FlowHop } from '../contracts/flow-schema';
import { channelId } from '../contracts/channel';
import { requireSelector } from '../contracts/selector';
import { emptyMappedRecord, type MappedRecord } from '../taps/facts';
import { cleanValue, routingKeyPart } from './clean-value';
import type { MapperOptions } from './compile-mapper';
import { isDecimalAmount } from './decimal-amount';
import { FieldReader, ReasonReader, type FieldContext, type ValueReader } from './field-reader';
import { createKeyTokenizer, type KeyToken } from './key-token';
import type { MappingCount } from './span-mapper';

/** What a tap may look at in one message or row. Values are text as the technology carries it; undefined is absent. */
export interface TapFacts {
  header(name: string): string | undefined;
  column(name: string): string | undefined;
  /** Null where there is none, as in tables. */
  routingKey: string | null;
  /** The body as JSON; undefined where it is not JSON, or the contract does not allow to look at it. */
  body(): unknown;
}

/** A hop that lies on a channel. */
export interface TappedHop {
  flow: FlowContract;
  hop: FlowHop;
}

export interface TapMapper {
  /** The hops of flows in force whose channel has this id, in order of flow ids. */
  hopsOn(channelId: string): readonly TappedHop[];
  /**
   * The one of several hops to which a message or row belongs: conditions that only a span can answer are left out. Null
   * when none fits, or when more than one does.
   */
  choose(hops: readonly TappedHop[], facts: TapFacts): TappedHop | null;
  /** @param failure what the technology calls the reason, for a message that failed; null for one that did not */
  map(hop: TappedHop, facts: TapFacts, failure: string | null): MappedRecord;
  /** The keyed token of a key that identifies somebody, e.g. a row key, and its masked form. */
  tokenOf(key: string): KeyToken;
  /** Header names whose values contracts declare for fields that identify nobody: they may be stored. */
  readonly headersToKeep: ReadonlySet<string>;
  /** Columns that a flow's fields read, so that a tap asks for no others. */
  columnsOf(flow: FlowContract): readonly string[];
  /** Counts since the last call: fields that a contract asked for and did not find. */
  takeCounts(): MappingCount[];
}

interface TapFlow {
  version: string;
  currency: string;
  dimensions: Record<'facilityId' | 'payerId' | 'supplierId' | 'departmentId' | 'itemId', FieldReader<TapFacts>>;
  amount: FieldReader<TapFacts>;
  case: FieldReader<TapFacts>;
  message: FieldReader<TapFacts>;
  reason: ReasonReader<TapFacts>;
}

const DIMENSIONS = { facilityId: 'facility', payerId: 'payer', supplierId: 'supplier', departmentId: 'department', itemId: 'item' } as const;

/** @throws RangeError when the token key or its id is unusable */
export function compileTapMapper(set: ContractSet, { tokenKey, tokenKeyId }: MapperOptions): TapMapper {
  const tokenizer = createKeyTokenizer(tokenKey, tokenKeyId);
  const context: FieldContext = {
    tokenizer,
    lookups: new Map(set.lookups.map(({ metadata, entries }) => [metadata.id, new Map(Object.entries(entries).map(([native, { id }]) => [native, id]))])),
  };
  const contracts = set.flows.filter(({ metadata }) => metadata.lifecycle !== 'retired');
  const flows = new Map(contracts.map((contract) => [contract.metadata.id, compile(contract, context)]));
  const hops = new Map<string, TappedHop[]>();
  for (const flow of contracts) {
    for (const hop of flow.spec.path) {
      const id = channelId(hop.channel);
      hops.set(id, [...(hops.get(id) ?? []), { flow, hop }]);
    }
  }

  return {
    hopsOn: (id) => hops.get(id) ?? [],
    choose(candidates, facts) {
      const fitting = candidates.filter(({ hop }) => conditionsHold(hop, facts));
      return fitting.length === 1 ? fitting[0]! : null;
    },
    map({ flow: contract, hop }, facts, failure) {
      const flow = flows.get(contract.metadata.id);
      const out = emptyMappedRecord();
      if (!flow) return out;
      out.flowId = contract.metadata.id;
      out.hopId = hop.id;
      out.contractVersion = flow.version;
      for (const [column, reader] of Object.entries(flow.dimensions)) out[column as keyof TapFlow['dimensions']] = reader.read(facts, true);
      const key = flow.case.read(facts, true);
      const token = flow.case.tokenOf(key);
      out.caseToken = token ? token.token : key;
      out.caseLabel = token ? token.label : key;
      const message = flow.message.read(facts, true);
      out.messageId = flow.message.tokenOf(message)?.token ?? message;
      const amount = flow.amount.read(facts, true);
      if (amount !== '' && isDecimalAmount(amount)) Object.assign(out, { amount, currency: flow.currency });
      else if (amount !== '') flow.amount.invalid++;
      if (failure !== null) out.reason = flow.reason.read(facts, failure);
      return out;
    },
    tokenOf: (key) => tokenizer.tokenOf(key),
    headersToKeep: headersToKeep(contracts),
    columnsOf: (flow) => [...new Set(Object.values(flow.spec.fields).flatMap(({ from }) => from.flatMap(columnOf)))],
    takeCounts: () => [...flows].flatMap(([id, flow]) => takeCounts(id, flow)),
  };
}

function compile({ metadata, spec: { fields, deadLetter } }: FlowContract, context: FieldContext): TapFlow {
  const reader = (name: string, defaults: readonly string[]) => new FieldReader(name, fields[name] ?? null, defaults, compileTapSelector, context);
  const caseName = Object.keys(fields).find((name) => fields[name]?.case) ?? 'case';
  return {
    version: metadata.version,
    currency: fields['amount']?.currency ?? '',
    dimensions: Object.fromEntries(Object.entries(DIMENSIONS).map(([column, name]) => [column, reader(name, [])])) as TapFlow['dimensions'],
    amount: reader('amount', []),
    case: reader(caseName, []),
    message: reader('message', ['header:message_id']),
    reason: new ReasonReader(fields['reason'] ?? null, deadLetter?.reasons ?? [], compileTapSelector, context),
  };
}

/** The reader of one selector; null where what taps see cannot answer it. */
export function compileTapSelector(text: string): ValueReader<TapFacts> | null {
  const selector = requireSelector(text);
  switch (selector.kind) {
    case 'header': return (facts) => cleanValue(facts.header(selector.name));
    case 'column': return (facts) => cleanValue(facts.column(selector.name));
    case 'key': return (facts) => (facts.routingKey === null ? undefined : cleanValue(routingKeyPart(facts.routingKey, selector.part)));
    case 'body': return (facts) => cleanValue(atPointer(facts.body(), selector.pointer));
    case 'const': {
      const value = cleanValue(selector.value);
      return () => value;
    }
    case 'attr':
    case 'resource': return null;
  }
}

/** The scalar at a JSON Pointer (RFC 6901) as text. Numbers that are not exact integers are left out: amounts are decimals in text. */
function atPointer(body: unknown, pointer: string): string | undefined {
  let at: unknown = body;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof at !== 'object' || at === null) return undefined;
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  if (typeof at === 'string') return at;
  return typeof at === 'number' && Number.isSafeInteger(at) ? String(at) : undefined;
}

function conditionsHold({ when, channel }: FlowHop, facts: TapFacts): boolean {
  const rows = channel.kind === 'table' ? Object.entries(channel.where ?? {}) : [];
  if (!rows.every(([column, values]) => values.includes(facts.column(column)?.trim() ?? ''))) return false;
  return Object.entries(when ?? {}).every(([selector, values]) => {
    const read = compileTapSelector(selector);
    return read === null || values.includes(read(facts) ?? '');
  });
}

function headersToKeep(contracts: readonly FlowContract[]): Set<string> {
  const fields = contracts.flatMap(({ spec }) => Object.values(spec.fields));
  const headersOf = (from: readonly string[]) => from.map(requireSelector).flatMap((selector) => (selector.kind === 'header' ? [selector.name] : []));
  const identifying = new Set(fields.filter(({ token }) => token).flatMap(({ from }) => headersOf(from)));
  return new Set(fields.flatMap(({ from }) => headersOf(from)).filter((name) => !identifying.has(name)));
}

function columnOf(text: string): string[] {
  const selector = requireSelector(text);
  return selector.kind === 'column' ? [selector.name] : [];
}

function takeCounts(flowId: string, flow: TapFlow): MappingCount[] {
  return [...Object.values(flow.dimensions), flow.amount, flow.case, flow.message].flatMap((field) => {
    const subject = `${flowId}/${field.name}`;
    const counts: MappingCount[] = [
      { kind: 'field-missing', subject, count: field.missing },
      { kind: 'lookup-missing', subject, count: field.lookupMissing },
      { kind: 'amount-invalid', subject, count: field.invalid },
    ];
    field.missing = field.lookupMissing = field.invalid = 0;
    return counts.filter(({ count }) => count > 0);
  });
}
