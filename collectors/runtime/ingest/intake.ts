import { createHash } from 'node:crypto';
import type { BodyEncoding } from '../spool/record';
import type { Spool } from '../spool/spool';
import type { AppendOutcome, BlockBuilder } from './block-builder';
import type { Forwarder } from './forwarder';

export interface IntakeResult {
  outcome: AppendOutcome;
  /** The identical request had been accepted before; it counts once. */
  isRepeat: boolean;
}

const NOTHING: AppendOutcome = { accepted: 0, rejected: [], maskedKeys: new Map(), corrected: [] };

/** What a builder for looking only may hold before it is emptied. */
const SCRATCH_ROWS = 10_000;

/** Takes requests: once `accept` resolves, the request survives a crash of any part and will be counted once. */
export class Intake {
  #scratch: BlockBuilder | null = null;

  constructor(
    readonly spool: Spool,
    readonly forwarder: Forwarder,
    readonly newBuilder: () => BlockBuilder,
  ) {}

  /**
   * @throws MalformedBody when the body cannot be decoded (nothing was kept); SpoolFull or SpoolWriteError when it
   * cannot be kept now (the sender should try again)
   */
  async accept(body: Buffer, encoding: BodyEncoding, nowMs: number): Promise<IntakeResult> {
    const sha256 = createHash('sha256').update(encoding).update(body).digest();
    const before = this.spool.seen(sha256);
    if (before) {
      await before;
      return { outcome: NOTHING, isRepeat: true };
    }
    this.spool.ensureRoom(body.length);
    const spoolIt = () => this.spool.append({ encoding, receivedAtMs: nowMs, sha256, body });
    if (this.forwarder.isLive) {
      const { outcome, appended } = this.forwarder.take((builder) => builder.append(body, encoding, nowMs), spoolIt, nowMs);
      await appended?.durable;
      return { outcome, isRepeat: false };
    }
    // Catching up: decoded to know whether it is readable; the forwarder reads it back from disk in its turn.
    const outcome = this.#scratchBuilder().append(body, encoding, nowMs);
    if (outcome.accepted > 0) await spoolIt().durable;
    return { outcome, isRepeat: false };
  }

  #scratchBuilder(): BlockBuilder {
    if (this.#scratch && this.#scratch.rows < SCRATCH_ROWS) return this.#scratch;
    this.#scratch?.finish(() => 0n);
    return (this.#scratch = this.newBuilder());
  }
}
