import type { SpanMapper } from '@/server/domain/mapping/span-mapper';
import type { AppendOutcome, BlockBuilder, EncodedBlock } from '../runtime/ingest/block-builder';
import type { BodyEncoding } from '../runtime/spool/record';
import { AttributeAllowList } from './codec/privacy/attribute-allow-list';
import { SpanBlockBuilder, type SpanLimits } from './codec/span-block-builder';

/**
 * Hands out builders for the contracts in force. A finished builder keeps its buffers and is used again, as long as the
 * contracts it was made for are.
 */
export class OtlpBlockBuilders {
  #mapper: SpanMapper | null = null;
  #free: SpanBlockBuilder[] = [];

  constructor(
    readonly currentMapper: () => SpanMapper,
    readonly limits: SpanLimits,
  ) {}

  next(): BlockBuilder {
    const mapper = this.currentMapper();
    if (mapper !== this.#mapper) {
      this.#mapper = mapper;
      this.#free = [];
    }
    const codec = this.#free.pop() ?? new SpanBlockBuilder({ mapper, allowList: new AttributeAllowList(mapper) });
    return new OtlpBlockBuilder(codec, this.limits, () => {
      if (mapper === this.#mapper) this.#free.push(codec);
    });
  }
}

class OtlpBlockBuilder implements BlockBuilder {
  constructor(
    readonly codec: SpanBlockBuilder,
    readonly limits: SpanLimits,
    readonly release: () => void,
  ) {}

  get rows(): number {
    return this.codec.rows;
  }

  get approximateBytes(): number {
    return this.codec.approximateBytes;
  }

  append(body: Buffer, encoding: BodyEncoding, receivedAtMs: number): AppendOutcome {
    return this.codec.append(body, encoding, receivedAtMs, this.limits);
  }

  finish(nextBatchId: () => bigint): EncodedBlock[] {
    const blocks = this.codec.finish(nextBatchId);
    this.release();
    return blocks;
  }
}
