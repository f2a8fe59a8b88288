import { MalformedBody } from '../../runtime/ingest/block-builder';

/** A body that is not an OTLP trace request. The message names what is wrong and where, never a value of the body. */
export class OtlpDecodeError extends MalformedBody {
  override readonly name = 'OtlpDecodeError';
}
