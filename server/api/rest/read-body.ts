import { Refusal, type RefusalIssue } from '@/server/services/refusal';

const MAX_BODY_BYTES = 1024 * 1024;

/** A body that cannot be taken at all: too large, or not JSON. */
export class UnusableBody extends Error {
  constructor(readonly code: 'too-large' | 'unsupported-media-type', sentence: string) {
    super(sentence);
    this.name = 'UnusableBody';
  }
}

/**
 * The JSON of a request. Stops reading at the limit, whatever the request says about its length.
 *
 * @throws UnusableBody, Refusal invalid
 */
export async function readJsonBody(request: Request): Promise<unknown> {
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type !== 'application/json') throw new UnusableBody('unsupported-media-type', 'The body must be JSON: send it with "Content-Type: application/json".');
  const text = await readText(request);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may hold a password.
    const issue: RefusalIssue = { field: '', file: null, line: null, rule: null, message: 'is not valid JSON' };
    throw new Refusal('invalid', 'The body is not valid JSON.', { issues: [issue] });
  }
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    bytes += part.value.byteLength;
    if (bytes > MAX_BODY_BYTES) {
      await reader?.cancel();
      throw new UnusableBody('too-large', `The body is larger than ${MAX_BODY_BYTES} bytes.`);
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks).toString('utf8');
}
