/** A body that is not an OTLP trace request. The message names what is wrong and where, never a value of the body. */
export class OtlpDecodeError extends Error {
  override readonly name = 'OtlpDecodeError';
}
