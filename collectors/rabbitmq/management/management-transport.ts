/** Speaks HTTP with a management API over kept connections, with a bound for time and size. The user and the password are in no error and in no address. */
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { quoteLongIntegers } from '@/collectors/runtime/json/exact-integers';
import type { Credentials, RabbitmqSettings } from '@/server/domain/sources/connection';
import { isRecord, text } from './json-values';
import { ManagementError, answerProblem, connectionProblem } from './management-error';

/** The answers for 1,000 queues with the columns that we ask for are 250 kB; nothing that we read comes near this. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const PARALLEL_REQUESTS = 4;

export interface ManagementAnswer {
  /** Parsed JSON. Integers of 16 and more digits are text, so that none is rounded. */
  body: unknown;
  status: number;
  /** By the broker's clock, to the second; null when it does not say. */
  date: number | null;
  /** Unix milliseconds by our clock. */
  sentAt: number;
  receivedAt: number;
}

export interface ManagementClientOptions {
  settings: Pick<RabbitmqSettings, 'management' | 'tls'>;
  credentials: Credentials | null;
  timeoutMs: number;
  now?: () => number;
}

export interface ManagementRequest {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below `/api/`, names encoded with `apiPath`. */
  path: string;
  /** Sent as JSON. */
  body?: unknown;
  /** In words, for errors, e.g. `the queues`. */
  what: string;
  /** Further statuses that are an answer, e.g. 503 of a health check. */
  accept?: readonly number[];
}

export class ManagementTransport {
  readonly address: string;
  /** Requests sent so far, repeats included. */
  requests = 0;
  readonly #base: URL;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #authorization: string | null;
  readonly #timeoutMs: number;
  readonly #tls: RabbitmqSettings['tls'];
  readonly #now: () => number;
  #isClosed = false;

  constructor({ settings, credentials, timeoutMs, now = Date.now }: ManagementClientOptions) {
    this.address = settings.management;
    this.#base = new URL(settings.management);
    this.#tls = settings.tls;
    this.#timeoutMs = timeoutMs;
    this.#now = now;
    this.#authorization = credentials === null ? null : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
    const pool = { keepAlive: true, maxSockets: PARALLEL_REQUESTS, maxFreeSockets: PARALLEL_REQUESTS };
    this.#agent = this.#base.protocol === 'https:' ? new HttpsAgent(pool) : new HttpAgent(pool);
  }

  /** Every request may be repeated: reads, and writes that say what should be so. @throws ManagementError; the signal's reason when aborted */
  async send(request: ManagementRequest, signal: AbortSignal): Promise<ManagementAnswer> {
    try {
      return await this.#once(request, signal);
    } catch (error) {
      // The broker closes idle connections; one that was closed while we wrote on it says nothing about the broker.
      if (!(error instanceof StaleConnection)) throw error;
      if (this.#isClosed) throw connectionProblem('ECONNRESET', this.address);
      return await this.#once(request, signal).catch((again: unknown) => {
        throw again instanceof StaleConnection ? connectionProblem('ECONNRESET', this.address) : again;
      });
    }
  }

  /** Ends kept connections; requests under way fail. */
  close(): void {
    this.#isClosed = true;
    this.#agent.destroy();
  }

  #once(asked: ManagementRequest, signal: AbortSignal): Promise<ManagementAnswer> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(abortReason(signal));
        return;
      }
      const sentAt = this.#now();
      const request = this.#open(asked);
      const settle = (act: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        act();
      };
      const fail = (error: Error) => settle(() => {
        request.destroy();
        reject(error);
      });
      const onAbort = () => fail(abortReason(signal));
      const timer = setTimeout(() => fail(new ManagementError('timeout', `${this.address} did not answer for ${asked.what} within ${this.#timeoutMs / 1000} s. The broker is overloaded or the way to it is slow; a longer poll interval gives it more time.`)), this.#timeoutMs);
      signal.addEventListener('abort', onAbort, { once: true });
      request.on('error', (error: NodeJS.ErrnoException) => fail(this.#explain(error, request)));
      request.on('response', (response) => {
        readBody(response).then(
          (body) => settle(() => {
            try {
              resolve(this.#answer(response, body, asked, sentAt));
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          }),
          (error: unknown) => fail(error instanceof ManagementError ? error : this.#explain(error as NodeJS.ErrnoException, null)),
        );
      });
      request.end(asked.body === undefined ? undefined : JSON.stringify(asked.body));
    });
  }

  #open({ method, path, body }: ManagementRequest): ClientRequest {
    this.requests++;
    const isTls = this.#base.protocol === 'https:';
    const options: RequestOptions = {
      method,
      // A bracketed IPv6 address is for addresses, not for sockets.
      hostname: this.#base.hostname.replace(/^\[|\]$/g, ''),
      port: this.#base.port === '' ? (isTls ? 443 : 80) : this.#base.port,
      path: `${this.#base.pathname.replace(/\/+$/, '')}/api/${path}`,
      agent: this.#agent,
      // Writing the limits of a user is refused (406) to whoever accepts JSON only.
      headers: { accept: method === 'GET' ? 'application/json' : '*/*', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(this.#authorization === null ? {} : { authorization: this.#authorization }) },
    };
    if (!isTls) return httpRequest(options);
    return httpsRequest({ ...options, ...(this.#tls?.ca ? { ca: this.#tls.ca } : {}), ...(this.#tls?.serverName ? { servername: this.#tls.serverName } : {}) });
  }

  #explain(error: NodeJS.ErrnoException, request: ClientRequest | null): Error {
    const code = error.code ?? '';
    if (request?.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE')) return new StaleConnection();
    return connectionProblem(code, this.address);
  }

  #answer(response: IncomingMessage, body: string, { method, what, accept = [] }: ManagementRequest, sentAt: number): ManagementAnswer {
    const status = response.statusCode ?? 0;
    const json = parseJson(body);
    const isSuccess = (status >= 200 && status < 300) || (accept.includes(status) && json !== undefined);
    if (!isSuccess) throw answerProblem(status, isRecord(json) ? { error: text(json['error']), reason: text(json['reason']) } : null, this.address, what, method === 'GET' ? 'read' : 'change');
    const isEmptyAnswer = method !== 'GET' && body.trim() === '';
    if (json === undefined && !isEmptyAnswer) throw new ManagementError('not-management', `${this.address} answered with something other than RabbitMQ's JSON (${response.headers['content-type'] ?? 'no content type'}). A proxy or another program stands there: enter the address of the management API itself.`, { status });
    const date = Date.parse(response.headers.date ?? '');
    return { body: json ?? null, status, date: Number.isNaN(date) ? null : date, sentAt, receivedAt: this.#now() };
  }
}

class StaleConnection extends Error {}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('The look was given up.');
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new ManagementError('too-large', `The management API answered with more than ${MAX_ANSWER_BYTES / 1024 / 1024} MB; the rest was not read. Restrict the source to the virtual hosts that matter.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Undefined where it is no JSON. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(quoteLongIntegers(body));
  } catch {
    return undefined;
  }
}
