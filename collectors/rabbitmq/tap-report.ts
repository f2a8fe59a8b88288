/** The poll and the message tap of one broker report as one tap. */
import type { TapReport } from '../runtime/taps/connector';

const SEVERITY = { ok: 0, warning: 1, down: 2 } as const;

export class JointReport {
  readonly #publish: (report: TapReport) => void;
  #poll: TapReport | null = null;
  #messages: TapReport | null = null;

  constructor(publish: (report: TapReport) => void) {
    this.#publish = publish;
  }

  ofPoll(report: TapReport): void {
    this.#poll = report;
    this.#publish(this.#joint(report));
  }

  ofMessages(report: TapReport): void {
    this.#messages = report;
    // Before the first look there is nothing to say about the source as a whole.
    if (this.#poll) this.#publish(this.#joint(this.#poll));
  }

  /** Depth goes on without the message tap, so a message tap that is down is a warning for the source. */
  #joint(poll: TapReport): TapReport {
    const messages = this.#messages;
    if (messages === null) return poll;
    const ofMessages = messages.status === 'down' ? 'warning' : messages.status;
    const prefixed = Object.fromEntries(Object.entries(messages.detail).map(([key, value]) => [`messages.${key}`, value]));
    return {
      ...poll,
      status: SEVERITY[ofMessages] > SEVERITY[poll.status] ? ofMessages : poll.status,
      summary: poll.status === 'down' ? poll.summary : `${poll.summary} ${messages.summary}`.trim(),
      lastError: poll.lastError ?? messages.lastError,
      detail: { ...poll.detail, ...prefixed, 'messages.status': messages.status, 'messages.lastSuccessAt': messages.lastSuccessAt },
    };
  }
}
