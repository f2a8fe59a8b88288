import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const inflate = promisify(gunzip);

/** A request that is refused before anybody looks at its content. */
export class BodyRefused extends Error {
  constructor(
    readonly httpStatus: 400 | 413 | 415,
    readonly reason: 'too-large' | 'broken-gzip' | 'unknown-content-encoding',
    message: string,
  ) {
    super(message);
    this.name = 'BodyRefused';
  }
}

/**
 * Reads a request body, decompressed.
 *
 * @param maxBytes bound of the body as sent and, as OTLP demands, also of what it decompresses to
 * @throws BodyRefused; or the stream's own error when the sender goes away
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const contentEncoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (contentEncoding !== 'identity' && contentEncoding !== 'gzip') {
    throw new BodyRefused(415, 'unknown-content-encoding', `Content-Encoding "${contentEncoding.slice(0, 40)}" is not supported; send gzip or none.`);
  }
  const tooLarge = () => new BodyRefused(413, 'too-large', `The request is larger than ${maxBytes} bytes; send smaller batches.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const sent = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  if (contentEncoding === 'identity' || sent.length === 0) return sent;
  try {
    return await inflate(sent, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new BodyRefused(400, 'broken-gzip', 'The body says it is gzip and cannot be decompressed.');
  }
}
