import type { EncodedBlock } from '../../runtime/ingest/block-builder';
import type { Corrections } from './corrections';
import type { MapRow } from './native/map-column';
import { SpanColumns } from './span-columns';
import { SpanNames } from './span-names';

/** The spans of one UTC day that wait to be encoded. */
export class SpanBlock {
  readonly columns: SpanColumns;
  readonly names: SpanNames;
  /** The resource whose attributes were written last, and where. */
  resource = -1;
  resourceRow: MapRow = { firstEntry: 0, entries: 0, valuesStart: 0, valuesEnd: 0 };
  private readonly receivedMinutes = new Set<number>();
  private readonly eventMinutes = new Set<number>();
  private lastReceivedMinute = -1;
  private lastEventMinute = -1;

  constructor(corrections: Corrections) {
    this.columns = new SpanColumns(corrections);
    this.names = new SpanNames(this.columns.spanName, corrections);
  }

  touch(receivedMinute: number, eventMinute: number): void {
    if (receivedMinute !== this.lastReceivedMinute) this.receivedMinutes.add((this.lastReceivedMinute = receivedMinute));
    if (eventMinute !== this.lastEventMinute) this.eventMinutes.add((this.lastEventMinute = eventMinute));
  }

  /** Encodes the rows and empties the block. `day` is in days since 1970. */
  encode(batchId: bigint, day: number): EncodedBlock {
    const rows = this.columns.rows;
    const block = {
      batchId,
      day: new Date(day * 86_400_000).toISOString().slice(0, 10),
      rows,
      receivedMinutes: ascending(this.receivedMinutes),
      eventMinutes: ascending(this.eventMinutes),
      body: this.columns.encode(batchId),
    };
    this.names.clear();
    this.resource = -1;
    this.receivedMinutes.clear();
    this.eventMinutes.clear();
    this.lastReceivedMinute = this.lastEventMinute = -1;
    return block;
  }
}

function ascending(minutes: ReadonlySet<number>): number[] {
  return [...minutes].sort((a, b) => a - b);
}
