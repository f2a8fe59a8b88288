import { emptyMappedSpan, LEGS, type MappedSpan, SPAN_KINDS, type SpanFacts, type SpanMapper } from '@/server/domain/mapping/span-mapper';
import { AttributeKeys } from './attribute-keys';
import { AttributeWriter } from './attribute-writer';
import type { Corrections } from './corrections';
import type { StringColumn } from './native/string-column';
import type { AttributeAllowList } from './privacy/attribute-allow-list';
import { eventName } from './privacy/event-name';
import { redactName } from './privacy/identifiers';
import { maskUtf8 } from './privacy/mask';
import { maskTraceState } from './privacy/trace-state';
import { SPAN_FIELD, SPAN_FIELD_COUNT } from './protobuf/span-tape';
import { isId } from './protobuf/trace-request-index';
import type { SpanBlock } from './span-block';
import { type AmountWords, parseAmount } from './values/amount';
import { Instant } from './values/nanoseconds';
import { TextCache } from './values/text-cache';

/** Status codes as the Collector's exporter spells them, by OTLP enum value. */
const STATUS_CODES = ['Unset', 'Ok', 'Error'] as const;
const STATUS_ERROR = 2;
const LEG_VALUES = Object.fromEntries(LEGS.map((leg, value) => [leg, value])) as Record<(typeof LEGS)[number], number>;
const SERVICE_NAME = 'service.name';

/** The request a span came in, as far as writing it goes. */
export interface SpanSource {
  body: Buffer;
  tape: Int32Array;
  /** Distinguishes resources over the life of the writer. */
  resource: number;
  resourceAt: number;
  resourceAttributes: number;
  scopeAt: number;
  receivedAtMs: number;
}

type Facts = { -readonly [K in keyof SpanFacts]: SpanFacts[K] } & { attributes: (string | undefined)[]; resource: (string | undefined)[] };

/** Writes indexed spans into the columns of a block: privacy rules, business columns and the exporter's spelling. */
export class SpanWriter {
  readonly attributes: AttributeWriter;
  private readonly names = new TextCache(redactName);
  private readonly eventNames = new TextCache(eventName);
  private readonly facts: Facts = { name: '', kind: 'Unspecified', serviceName: '', isError: false, attributes: [], resource: [] };
  private readonly noSlots: (string | undefined)[] = [];
  private readonly serviceNameSlot: number;
  private readonly mapped: MappedSpan = emptyMappedSpan();
  private readonly amount: AmountWords = { low: 0, high: 0 };
  private readonly end = new Instant();

  constructor(
    private readonly mapper: SpanMapper,
    allowList: AttributeAllowList,
    private readonly corrections: Corrections,
  ) {
    // The mapper's slots come first, so that the service name can be read from one behind them.
    const resourceKeys = mapper.resourceKeys.includes(SERVICE_NAME) ? mapper.resourceKeys : [...mapper.resourceKeys, SERVICE_NAME];
    this.serviceNameSlot = resourceKeys.indexOf(SERVICE_NAME);
    this.facts.attributes = mapper.spanKeys.map(() => undefined);
    this.facts.resource = resourceKeys.map(() => undefined);
    this.attributes = new AttributeWriter(new AttributeKeys(allowList, { spanKeys: mapper.spanKeys, resourceKeys }), corrections);
  }

  /** Writes the span whose fields stand at `at` on the tape. `start` is its start time. */
  write(block: SpanBlock, source: SpanSource, at: number, start: Instant): void {
    const { body, tape } = source;
    const { columns } = block;
    const { facts, corrections } = this;
    this.writeResource(block, source);

    columns.timestamp.append(start.low, start.high);
    columns.traceId.appendHex(body, tape[at + SPAN_FIELD.traceId]!, 16);
    columns.spanId.appendHex(body, tape[at + SPAN_FIELD.spanId]!, 8);
    this.writeParentId(columns.parentSpanId, body, tape[at + SPAN_FIELD.parentId]!, tape[at + SPAN_FIELD.parentIdLength]!);
    this.writeTraceState(columns.traceState, body, tape[at + SPAN_FIELD.state]!, tape[at + SPAN_FIELD.stateLength]!);

    const statusCode = tape[at + SPAN_FIELD.statusCode]!;
    facts.name = this.names.get(body, tape[at + SPAN_FIELD.name]!, tape[at + SPAN_FIELD.nameLength]!);
    facts.kind = SPAN_KINDS[tape[at + SPAN_FIELD.kind]!] ?? 'Unspecified';
    facts.isError = statusCode === STATUS_ERROR;
    block.names.append(facts.serviceName, facts.name);
    columns.spanKind.append(facts.kind);
    columns.serviceName.append(facts.serviceName);
    columns.scopeName.appendUtf8(body, tape[source.scopeAt]!, tape[source.scopeAt + 1]!);
    columns.scopeVersion.appendUtf8(body, tape[source.scopeAt + 2]!, tape[source.scopeAt + 3]!);

    facts.attributes.fill(undefined);
    let next = at + SPAN_FIELD_COUNT;
    next = this.attributes.write(body, tape, next, tape[at + SPAN_FIELD.attributes]!, columns.spanAttributes, 'span', facts.attributes);

    const end = this.end.read(body, tape[at + SPAN_FIELD.end]!);
    if (end.isBefore(start)) {
      columns.duration.append(0, 0);
      corrections.add('negative-duration');
    } else {
      columns.duration.append(end.low - start.low, end.high - start.high - (end.low < start.low ? 1 : 0));
    }
    columns.statusCode.append(STATUS_CODES[statusCode] ?? 'Unset');
    this.writeMasked(columns.statusMessage, body, tape[at + SPAN_FIELD.statusMessage]!, tape[at + SPAN_FIELD.statusMessageLength]!, 'status.message');
    next = this.writeEvents(block, source, next, tape[at + SPAN_FIELD.events]!);
    this.writeLinks(block, source, next, tape[at + SPAN_FIELD.links]!);
    this.writeBusinessColumns(block);
    columns.receivedAt.append(source.receivedAtMs % 2 ** 32, Math.floor(source.receivedAtMs / 2 ** 32));
    block.touch(Math.floor(source.receivedAtMs / 60_000), Math.floor(start.seconds / 60));
  }

  /** The attributes of a resource are worked out once per block and copied for each of its spans. */
  private writeResource(block: SpanBlock, source: SpanSource): void {
    const { resourceAttributes } = block.columns;
    if (block.resource === source.resource) {
      resourceAttributes.repeatRow(block.resourceRow);
      return;
    }
    const { facts } = this;
    facts.resource.fill(undefined);
    this.attributes.write(source.body, source.tape, source.resourceAt, source.resourceAttributes, resourceAttributes, 'resource', facts.resource);
    facts.serviceName = facts.resource[this.serviceNameSlot] ?? '';
    block.resource = source.resource;
    block.resourceRow = resourceAttributes.lastRow();
  }

  private writeEvents(block: SpanBlock, source: SpanSource, at: number, count: number): number {
    const { body, tape } = source;
    const { eventTimestamps, eventNames, eventAttributes } = block.columns;
    let next = at;
    for (let i = 0; i < count; i++) {
      const time = tape[next]!;
      if (time < 0) eventTimestamps.elements.append(0, 0);
      else eventTimestamps.elements.appendFrom(body, time);
      const name = this.eventNames.get(body, tape[next + 1]!, tape[next + 2]!);
      if (name.startsWith('‹masked:')) this.attributes.countMasked('event.name');
      eventNames.elements.append(name);
      next = this.attributes.write(body, tape, next + 4, tape[next + 3]!, eventAttributes.elements, 'event', this.noSlots);
    }
    eventTimestamps.endRow();
    eventNames.endRow();
    eventAttributes.endRow();
    return next;
  }

  private writeLinks(block: SpanBlock, source: SpanSource, at: number, count: number): void {
    const { body, tape } = source;
    const { linkTraceIds, linkSpanIds, linkTraceStates, linkAttributes } = block.columns;
    let next = at;
    for (let i = 0; i < count; i++) {
      this.writeLinkId(linkTraceIds.elements, body, tape[next]!, tape[next + 1]!, 16);
      this.writeLinkId(linkSpanIds.elements, body, tape[next + 2]!, tape[next + 3]!, 8);
      this.writeTraceState(linkTraceStates.elements, body, tape[next + 4]!, tape[next + 5]!);
      next = this.attributes.write(body, tape, next + 7, tape[next + 6]!, linkAttributes.elements, 'link', this.noSlots);
    }
    linkTraceIds.endRow();
    linkSpanIds.endRow();
    linkTraceStates.endRow();
    linkAttributes.endRow();
  }

  private writeBusinessColumns({ columns }: SpanBlock): void {
    const { mapped } = this;
    clear(mapped);
    this.mapper.map(this.facts, mapped);
    columns.flowId.append(mapped.flowId);
    columns.hopId.append(mapped.hopId);
    columns.leg.append(LEG_VALUES[mapped.leg]);
    columns.facilityId.append(mapped.facilityId);
    columns.payerId.append(mapped.payerId);
    columns.supplierId.append(mapped.supplierId);
    columns.departmentId.append(mapped.departmentId);
    columns.itemId.append(mapped.itemId);
    columns.caseToken.append(mapped.caseToken);
    columns.caseLabel.append(mapped.caseLabel);
    if (mapped.amount === '') {
      columns.amount.append(0, 0);
    } else {
      if (!parseAmount(mapped.amount, this.amount)) this.corrections.add('invalid-amount');
      columns.amount.append(this.amount.low, this.amount.high);
    }
    columns.currency.append(mapped.currency);
    columns.sourceId.append(mapped.sourceId);
    columns.messageId.append(mapped.messageId);
    columns.reason.append(mapped.reason);
    columns.contractVersion.append(mapped.contractVersion);
  }

  /** All zeros is how some senders spell "no parent". */
  private writeParentId(column: StringColumn, body: Buffer, pos: number, length: number): void {
    if (isId(body, pos, length, 8)) column.appendHex(body, pos, 8);
    else {
      column.appendEmpty();
      if (length !== 0 && length !== 8) this.corrections.add('invalid-parent-id');
    }
  }

  private writeLinkId(column: StringColumn, body: Buffer, pos: number, length: number, expected: number): void {
    if (isId(body, pos, length, expected)) column.appendHex(body, pos, expected);
    else {
      column.appendEmpty();
      this.corrections.add('invalid-link-id');
    }
  }

  private writeTraceState(column: StringColumn, body: Buffer, pos: number, length: number): void {
    if (length === 0) {
      column.appendEmpty();
      return;
    }
    const masked = maskTraceState(body.toString('utf8', pos, pos + length));
    if (masked.includes('‹masked:')) this.attributes.countMasked('trace_state');
    column.append(masked);
  }

  private writeMasked(column: StringColumn, body: Buffer, pos: number, length: number, key: string): void {
    if (length === 0) {
      column.appendEmpty();
      return;
    }
    column.appendEncoded(maskUtf8(body, pos, length));
    this.attributes.countMasked(key);
  }
}

/** Written out because it runs for every span, where a generic copy costs ten times as much. */
function clear(mapped: MappedSpan): void {
  mapped.leg = 'none';
  mapped.flowId = mapped.hopId = mapped.facilityId = mapped.payerId = mapped.supplierId = mapped.departmentId = '';
  mapped.itemId = mapped.caseToken = mapped.caseLabel = mapped.amount = mapped.currency = mapped.sourceId = '';
  mapped.messageId = mapped.reason = mapped.contractVersion = '';
}
