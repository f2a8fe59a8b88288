/** Facts of taps for tests, as a connector would have emitted them. */
import { emptyMappedRecord, type BacklogSample, type FailedMessage, type MappedRecord, type SourceSample } from '@/server/domain/taps/facts';

export function sampleOf(told: Partial<BacklogSample> & Pick<BacklogSample, 'sourceId' | 'channelId' | 'sampleTime'>): BacklogSample {
  return {
    kind: 'backlogSample', partition: '', ok: true, error: '', channelType: 'quorum', state: 'running', waiting: 0n, inFlight: 2n, failed: null, held: null, consumers: 1,
    counters: { epoch: 'boot-1', entered: 0n, delivered: 0n, left: 0n, redelivered: 0n }, bytes: null, oldestAgeMs: null, ageMethod: 'unknown', ageNote: '', ...told,
  };
}

export function sourceSampleOf(told: Partial<SourceSample> & Pick<SourceSample, 'sourceId' | 'sampleTime'>): SourceSample {
  return { kind: 'sourceSample', ok: true, error: '', latencyMs: 20, alarms: [], blockedConnections: 0, channels: 1, clockDifferenceMs: 0, ...told };
}

export function failedMessage(told: Partial<Omit<FailedMessage, 'mapped'>> & Pick<FailedMessage, 'sourceId' | 'channelId' | 'failedAt'> & { mapped: Partial<MappedRecord> }): FailedMessage {
  return {
    kind: 'failedMessage', originChannelId: told.channelId, itemKey: 'item', state: 'failed', seenAt: told.failedAt, nativeReason: 'rejected', errorText: '', attempts: null,
    originExchange: '', originRoutingKey: '', deaths: [], sizeBytes: 100, body: '', ...told, mapped: { ...emptyMappedRecord(), ...told.mapped },
  };
}
