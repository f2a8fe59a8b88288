/** One read-only HTTP request to a target: bounded in time and size, never redirected, never decompressed. */
import { request as requestHttp, Agent as HttpAgent, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps, Agent as HttpsAgent } from 'node:https';
import type { HttpAnswer } from '@/server/domain/operations/preconditions/judge-answer';

/** Where a source is asked, with secrets in clear. Lives in memory only. */
export interface ProbeAddress {
  /** Without a trailing "/". */
  url: string;
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  ca?: string | undefined;
  serverName?: string | undefined;
}

export interface HttpRequest {
  method: 'GET' | 'HEAD';
  path: string;
  needsBody: (status: number) => boolean;
}

export interface HttpClient {
  /** @throws NoAnswer */
  ask(address: ProbeAddress, question: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

/** The target gave no answer; the message is a clause without a full stop that follows the name of the source. */
export class NoAnswer extends Error {}

const MAX_BODY_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
/** Of one target at a time: a lookup per message must not become a load test. */
const MOST_SOCKETS = 8;

/** Keeps connections open between questions, because a replay asks for every message. */
export function createHttpClient(): HttpClient {
  const kept = { keepAlive: true, maxSockets: MOST_SOCKETS, maxFreeSockets: MOST_SOCKETS, timeout: 30_000 };
  const plain = new HttpAgent(kept);
  const secured = new HttpsAgent(kept);

  async function ask(address: ProbeAddress, question: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const deadline = AbortSignal.timeout(address.timeoutMs);
    const either = AbortSignal.any([deadline, signal]);
    try {
      const response = await send(address, question, either);
      return { status: response.statusCode ?? 0, body: await bodyOf(response, question) };
    } catch (error) {
      if (error instanceof NoAnswer) throw error;
      if (signal.aborted) throw new NoAnswer('was not asked to the end, because the operation was stopped');
      if (deadline.aborted) throw new NoAnswer(`did not answer within ${address.timeoutMs / 1000} s`);
      throw new NoAnswer(reasonOf(error));
    }
  }

  /** A connection that the target closed while it was idle says nothing about the target: asked once more on a new one. */
  async function send(address: ProbeAddress, { method, path }: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
    try {
      return await once(address, method, path, signal, true);
    } catch (error) {
      if (error instanceof StaleConnection && !signal.aborted) return once(address, method, path, signal, false);
      throw error;
    }
  }

  function once({ url, headers, ca, serverName }: ProbeAddress, method: string, path: string, signal: AbortSignal, mayReuse: boolean): Promise<IncomingMessage> {
    const { protocol, hostname, port, pathname } = new URL(url);
    const isSecured = protocol === 'https:';
    const options: RequestOptions & { ca?: string; servername?: string } = {
      method, signal, maxHeaderSize: MAX_HEADER_BYTES, agent: mayReuse && (isSecured ? secured : plain),
      host: hostname.replace(/^\[|\]$/g, ''), ...(port === '' ? {} : { port: Number(port) }),
      path: `${pathname === '/' ? '' : pathname}${path}`,
      headers: { accept: 'application/json', 'accept-encoding': 'identity', ...headers },
      ...(ca === undefined ? {} : { ca }), ...(serverName === undefined ? {} : { servername: serverName }),
    };
    return new Promise((resolve, reject) => {
      const request = isSecured ? requestHttps(options) : requestHttp(options);
      request.once('response', resolve);
      request.once('error', (error: NodeJS.ErrnoException) => reject(request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE') ? new StaleConnection() : error));
      request.end();
    });
  }

  return {
    ask,
    close() {
      plain.destroy();
      secured.destroy();
    },
  };
}

class StaleConnection extends Error {}

async function bodyOf(response: IncomingMessage, { method, needsBody }: HttpRequest): Promise<HttpAnswer['body']> {
  if (!needsBody(response.statusCode ?? 0)) {
    readAway(response);
    return undefined;
  }
  if (method === 'HEAD') return { problem: 'a HEAD request brings no body to look at' };
  const encoding = response.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return unread(response, 'with a body that is compressed, which was not asked for');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return unread(response, `with more than ${MAX_BODY_BYTES / 1024} KiB`);
    chunks.push(chunk);
  }
  if (!response.complete) return { problem: 'broke off in the middle' };
  try {
    return { json: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))) as unknown };
  } catch {
    return { problem: 'with something other than JSON' };
  }
}

/** A small body is read away so that the connection stays useful; a large one costs the connection. */
function readAway(response: IncomingMessage): void {
  let size = 0;
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) response.destroy();
  });
}

function unread(response: IncomingMessage, problem: string): { problem: string } {
  response.on('error', () => undefined);
  response.destroy();
  return { problem };
}

/** The library's own texts may hold addresses and contents: only what kind of failure it was is told. */
function reasonOf(error: unknown): string {
  const { code = '' } = error instanceof AggregateError ? { code: (error.errors[0] as NodeJS.ErrnoException | undefined)?.code } : (error as NodeJS.ErrnoException);
  switch (code) {
    case 'ECONNREFUSED': return 'refused the connection: nothing listens at the address of its probe';
    case 'ENOTFOUND':
    case 'EAI_AGAIN': return 'cannot be found: the name in the address of its probe is not known';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH': return 'cannot be reached from the collectors';
    case 'ECONNRESET':
    case 'EPIPE': return 'cut the connection before it answered';
  }
  if (code.startsWith('HPE_')) return 'answered with something other than HTTP';
  if (/^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_|EPROTO)/.test(code)) return `could not prove who it is (${code}): check the certificate, or name its authority in the probe`;
  return `could not be asked${/^[A-Z][A-Z0-9_]{1,39}$/.test(code) ? ` (${code})` : ''}`;
}
