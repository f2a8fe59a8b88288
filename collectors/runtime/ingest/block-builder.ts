import type { BodyEncoding } from '../spool/record';

/** What became of the spans of one request. Counts only, never values. */
export interface AppendOutcome {
  accepted: number;
  rejected: readonly { reason: string; count: number }[];
  /** Attribute keys whose values were masked, with how often. */
  maskedKeys: ReadonlyMap<string, number>;
  corrected: readonly { kind: string; count: number }[];
}

export interface EncodedBlock {
  batchId: bigint;
  /** UTC day of the spans' own time: an insert must touch one partition, or an interrupted one can be half there. */
  day: string;
  rows: number;
  /** Unix minutes of receipt and of the spans' own time that the block touches. */
  receivedMinutes: number[];
  eventMinutes: number[];
  body: Buffer;
}

/** Turns request bodies into ClickHouse blocks. The same bodies, receive times and contracts give the same blocks. */
export interface BlockBuilder {
  readonly rows: number;
  readonly approximateBytes: number;
  /** All or nothing: throws a MalformedBody and stays as it was when the body cannot be decoded. */
  append(body: Buffer, encoding: BodyEncoding, receivedAtMs: number): AppendOutcome;
  /** One block per day, days in ascending order. The builder is used up. */
  finish(nextBatchId: () => bigint): EncodedBlock[];
}

/** A body that no retry can make readable. The message names the place, never a value. */
export class MalformedBody extends Error {
  override readonly name: string = 'MalformedBody';
}
