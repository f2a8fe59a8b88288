/** Changes a broker through its management API. Levers only; everything written says what should be so, so it may be repeated. */
import { ManagementError } from './management-error';
import { ManagementTransport, type ManagementClientOptions } from './management-transport';

export class ManagementWriter {
  readonly #transport: ManagementTransport;

  constructor(options: ManagementClientOptions) {
    this.#transport = new ManagementTransport(options);
  }

  /** @throws ManagementError; the signal's reason when aborted */
  async put(path: string, body: unknown, what: string, signal: AbortSignal): Promise<void> {
    await this.#transport.send({ method: 'PUT', path, body, what }, signal);
  }

  /** What is not there counts as deleted. @throws ManagementError; the signal's reason when aborted */
  async delete(path: string, what: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#transport.send({ method: 'DELETE', path, what }, signal);
    } catch (error) {
      if (!(error instanceof ManagementError && error.problem === 'not-found')) throw error;
    }
  }

  /** Ends kept connections; requests under way fail. */
  close(): void {
    this.#transport.close();
  }
}
