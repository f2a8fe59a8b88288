/** Facts of taps as rows of their tables. 64-bit integers travel as text, because JSON numbers lose them. */
import type { BacklogSample, FailedMessage, MappedRecord, SourceSample, TapMessage } from '@/server/domain/taps/facts';

type Row = Record<string, unknown>;

/** Unix seconds with milliseconds, as ClickHouse reads a DateTime64 in any time zone. */
function instant(ms: number): string {
  const whole = Math.trunc(ms);
  return `${Math.trunc(whole / 1000)}.${String(Math.abs(whole % 1000)).padStart(3, '0')}`;
}

const text = (value: bigint | null) => (value === null ? null : value.toString());

export function backlogRow(sample: BacklogSample, fence: bigint): Row {
  const { counters } = sample;
  return {
    SourceId: sample.sourceId, ChannelId: sample.channelId, Partition: sample.partition, SampleTime: instant(sample.sampleTime),
    Ok: sample.ok, Error: sample.error, ChannelType: sample.channelType, State: sample.state,
    Waiting: text(sample.waiting), InFlight: text(sample.inFlight), Failed: text(sample.failed), Held: text(sample.held), Consumers: sample.consumers,
    Epoch: counters?.epoch ?? '', Entered: text(counters?.entered ?? null), Delivered: text(counters?.delivered ?? null),
    Left: text(counters?.left ?? null), Redelivered: text(counters?.redelivered ?? null),
    Bytes: text(sample.bytes), OldestAgeMs: sample.oldestAgeMs === null ? null : Math.max(0, Math.round(sample.oldestAgeMs)),
    AgeMethod: sample.ageMethod, AgeNote: sample.ageNote, Fence: fence.toString(),
  };
}

export function sourceRow(sample: SourceSample, fence: bigint): Row {
  return {
    SourceId: sample.sourceId, SampleTime: instant(sample.sampleTime), Ok: sample.ok, Error: sample.error, LatencyMs: Math.max(0, Math.round(sample.latencyMs)),
    Alarms: sample.alarms, BlockedConnections: sample.blockedConnections, Channels: sample.channels,
    ClockDifferenceMs: sample.clockDifferenceMs === null ? null : Math.round(sample.clockDifferenceMs), Fence: fence.toString(),
  };
}

function mappedColumns(mapped: MappedRecord): Row {
  return {
    FlowId: mapped.flowId, HopId: mapped.hopId, MessageId: mapped.messageId, FacilityId: mapped.facilityId, PayerId: mapped.payerId,
    SupplierId: mapped.supplierId, DepartmentId: mapped.departmentId, ItemId: mapped.itemId, CaseToken: mapped.caseToken, CaseLabel: mapped.caseLabel,
    Amount: mapped.amount === '' ? null : mapped.amount, Currency: mapped.currency, Reason: mapped.reason, ContractVersion: mapped.contractVersion,
  };
}

/** A later look at the same item replaces an earlier one; of two at one millisecond the later lease holder's counts. */
export function failureVersion(seenAt: number, fence: bigint): bigint {
  return (BigInt(Math.trunc(seenAt)) << 16n) + (fence & 0xffffn);
}

export function failedRow(message: FailedMessage, fence: bigint): Row {
  return {
    SourceId: message.sourceId, ChannelId: message.channelId, OriginChannelId: message.originChannelId, ItemKey: message.itemKey, State: message.state,
    FailedAt: instant(message.failedAt), SeenAt: instant(message.seenAt), ...mappedColumns(message.mapped),
    NativeReason: message.nativeReason, ErrorText: message.errorText, Attempts: message.attempts,
    OriginExchange: message.originExchange, OriginRoutingKey: message.originRoutingKey, Deaths: JSON.stringify(message.deaths),
    SizeBytes: message.sizeBytes, Body: message.body, Version: failureVersion(message.seenAt, fence).toString(),
  };
}

export function tapRow(message: TapMessage, fence: bigint): Row {
  return {
    SourceId: message.sourceId, ChannelId: message.channelId, Exchange: message.exchange, RoutingKey: message.routingKey, CopyKey: message.copyKey,
    SeenAt: instant(message.seenAt), PublishedAt: message.publishedAt === null ? null : instant(message.publishedAt), SizeBytes: message.sizeBytes,
    ContentType: message.contentType, TraceId: message.traceId, SpanId: message.spanId, NativeMessageId: message.nativeMessageId,
    IsDerivedId: message.isDerivedId, ...mappedColumns(message.mapped), HeaderNames: message.headerNames, Headers: message.headers, Body: message.body,
    Fence: fence.toString(),
  };
}
