import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MalformedBody } from '../runtime/ingest/block-builder';
import type { Intake } from '../runtime/ingest/intake';
import type { IngestCounter } from '../runtime/ingest/ingest-counter';
import type { BodyEncoding } from '../runtime/spool/record';
import { SpoolFull, SpoolWriteError } from '../runtime/spool/spool';
import { BodyRefused, readBody } from './request-body';
import { CONTENT_TYPES, RPC_CODE, encodeExportResponse, encodeStatus } from './response';

/** The OTLP default since 1.11, before and after decompression. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Bodies being read or decoded at once; more are asked to come back. */
const MAX_BYTES_IN_FLIGHT = 256 * 1024 * 1024;
const RETRY_AFTER_S = 5;

export interface ReceiverOptions {
  host: string;
  port: number;
  intake: Intake;
  counter: IngestCounter;
  /** Null: open (loopback only). Otherwise asked for every request. */
  acceptsToken: ((token: string) => Promise<boolean>) | null;
  onError: (error: unknown) => void;
  now?: () => number;
  maxBodyBytes?: number;
}

export interface Receiver {
  port: number;
  /** Stops accepting and waits for requests under way. */
  close(): Promise<void>;
}

/** OTLP/HTTP for traces: protobuf and JSON on one port, `POST /v1/traces`; `GET /healthz` for load balancers. */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const requests = new OtlpRequests(options);
  const server = createServer((request, response) => void requests.handle(request, response));
  server.requestTimeout = 60_000;
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  return closed;
}

interface Answer {
  status: number;
  body: Buffer;
  retryAfterS?: number;
}

class OtlpRequests {
  #bytesInFlight = 0;

  constructor(readonly options: ReceiverOptions) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const encoding = encodingOf(request);
    try {
      const answer = await this.#answer(request, encoding);
      response.writeHead(answer.status, {
        'content-type': CONTENT_TYPES[encoding ?? 'json'],
        'content-length': answer.body.length,
        ...(answer.retryAfterS === undefined ? {} : { 'retry-after': String(answer.retryAfterS) }),
        // The rest of a refused body is not read: the connection cannot be used again.
        ...(answer.status === 413 ? { connection: 'close' } : {}),
      });
      response.end(answer.body);
    } catch (error) {
      // The sender went away; there is nobody to answer.
      if (!request.complete) return void response.destroy();
      this.options.onError(error);
      const { body } = this.#refusal(503, 'internal-error', encoding ?? 'json', RPC_CODE.unavailable, 'The receiver failed; the request was not acknowledged. Try again.');
      if (!response.headersSent) response.writeHead(503, { 'content-type': CONTENT_TYPES[encoding ?? 'json'], 'retry-after': String(RETRY_AFTER_S) });
      response.end(body);
    }
  }

  async #answer(request: IncomingMessage, encoding: BodyEncoding | null): Promise<Answer> {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/healthz' && request.method === 'GET') return { status: 200, body: Buffer.from('{"status":"ok"}') };
    if (path === '/v1/metrics' || path === '/v1/logs') {
      return this.#refusal(404, 'signal-not-supported', encoding ?? 'json', RPC_CODE.unimplemented, `Signalbox takes traces; ${path} is not supported.`);
    }
    if (path !== '/v1/traces') return this.#refusal(404, 'unknown-path', encoding ?? 'json', RPC_CODE.unimplemented, 'Send traces to POST /v1/traces.');
    if (request.method !== 'POST') return this.#refusal(405, 'wrong-method', encoding ?? 'json', RPC_CODE.unimplemented, 'Send traces with POST.');
    if (!encoding) {
      return this.#refusal(415, 'unknown-content-type', 'json', RPC_CODE.invalidArgument, 'Content-Type must be application/x-protobuf or application/json.');
    }
    if (!(await this.#isAuthorized(request))) {
      return this.#refusal(401, 'no-ingest-token', encoding, RPC_CODE.unauthenticated, 'This receiver asks for an ingest token: send "Authorization: Bearer <token>" (npm run -s cli -- token create --kind ingest --name …).');
    }
    return this.#receive(request, encoding);
  }

  async #receive(request: IncomingMessage, encoding: BodyEncoding): Promise<Answer> {
    const { intake, counter } = this.options;
    const expected = Number(request.headers['content-length'] ?? 64 * 1024);
    if (this.#bytesInFlight + expected > MAX_BYTES_IN_FLIGHT) {
      return { ...this.#refusal(429, 'too-many-at-once', encoding, RPC_CODE.unavailable, 'Too much is arriving at once; try again.'), retryAfterS: 1 };
    }
    this.#bytesInFlight += expected;
    try {
      const body = await readBody(request, this.options.maxBodyBytes ?? MAX_BODY_BYTES);
      if (body.length === 0) return { status: 200, body: encodeExportResponse(encoding, null) };
      const { outcome, isRepeat } = await intake.accept(body, encoding, (this.options.now ?? Date.now)());
      counter.countOutcome(outcome, isRepeat);
      const rejected = outcome.rejected.reduce((sum, { count }) => sum + count, 0);
      const message = outcome.rejected.map(({ reason, count }) => `${count} × ${reason}`).join(', ');
      return { status: 200, body: encodeExportResponse(encoding, rejected > 0 ? { rejectedSpans: rejected, message: `Not stored: ${message}.` } : null) };
    } catch (error) {
      if (error instanceof BodyRefused) return this.#refusal(error.httpStatus, error.reason, encoding, RPC_CODE.invalidArgument, error.message);
      if (error instanceof MalformedBody) return this.#refusal(400, 'malformed', encoding, RPC_CODE.invalidArgument, error.message);
      if (error instanceof SpoolFull) return { ...this.#refusal(503, 'spool-full', encoding, RPC_CODE.unavailable, error.message), retryAfterS: RETRY_AFTER_S };
      if (error instanceof SpoolWriteError) return { ...this.#refusal(503, 'spool-write-failed', encoding, RPC_CODE.unavailable, error.message), retryAfterS: RETRY_AFTER_S };
      throw error;
    } finally {
      this.#bytesInFlight -= expected;
    }
  }

  async #isAuthorized(request: IncomingMessage): Promise<boolean> {
    if (!this.options.acceptsToken) return true;
    const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    return token !== undefined && this.options.acceptsToken(token);
  }

  #refusal(status: number, reason: string, encoding: BodyEncoding, code: number, message: string): Answer {
    this.options.counter.countRefusal(reason);
    return { status, body: encodeStatus(encoding, code, message) };
  }
}

function encodingOf(request: IncomingMessage): BodyEncoding | null {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'application/x-protobuf') return 'protobuf';
  return type === 'application/json' ? 'json' : null;
}
