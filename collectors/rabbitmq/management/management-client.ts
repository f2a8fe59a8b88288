/** Reads RabbitMQ's management API: only GET. */
import { ManagementTransport, type ManagementAnswer, type ManagementClientOptions } from './management-transport';
import { ManagementError } from './management-error';

export type { ManagementAnswer, ManagementClientOptions } from './management-transport';

/**
 * Fills names into a path of the API, each percent-encoded: `` apiPath`queues/${vhost}` ``.
 *
 * @throws ManagementError for `.` and `..`: the broker takes them for steps in the path even when encoded, and would answer,
 * or act, for another object
 */
export function apiPath(parts: TemplateStringsArray, ...names: string[]): string {
  return parts.reduce((path, part, index) => path + encodeSegment(names[index - 1]!) + part);
}

function encodeSegment(name: string): string {
  if (name === '.' || name === '..') throw new ManagementError('forbidden', `RabbitMQ's management API cannot be asked for something called "${name}".`);
  return encodeURIComponent(name);
}

export class ManagementClient {
  readonly address: string;
  readonly #transport: ManagementTransport;

  constructor(options: ManagementClientOptions) {
    this.address = options.settings.management;
    this.#transport = new ManagementTransport(options);
  }

  /** Requests sent so far, repeats included. */
  get requests(): number {
    return this.#transport.requests;
  }

  /**
   * @param path below `/api/`, names encoded with `apiPath`
   * @param what in words, for errors, e.g. `the queues`
   * @param accept further statuses whose body is an answer, e.g. 503 of a health check
   * @throws ManagementError; the signal's reason when aborted
   */
  get(path: string, what: string, signal: AbortSignal, accept: readonly number[] = []): Promise<ManagementAnswer> {
    return this.#transport.send({ method: 'GET', path, what, accept }, signal);
  }

  /** Ends kept connections; requests under way fail. */
  close(): void {
    this.#transport.close();
  }
}
