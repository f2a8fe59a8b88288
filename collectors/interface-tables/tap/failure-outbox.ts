/** Failed messages on their way into storage: looks never wait for it, and what it does not take now is offered again. */
import type { TapSink } from '../../runtime/taps/connector';
import type { FailedMessage } from '@/server/domain/taps/facts';

const PER_DELIVERY = 1_000;
const MOST_WAITING = 100_000;

export class FailureOutbox {
  private readonly waiting = new Map<string, FailedMessage>();
  private delivering: Promise<void> | null = null;
  private isRefused = false;

  constructor(private readonly sink: TapSink) {}

  get size(): number {
    return this.waiting.size;
  }

  /** In a sentence; null while storage takes what it is offered. */
  get problem(): string | null {
    return this.isRefused ? `${this.waiting.size} failed rows wait to be stored; they are offered again at the next look.` : null;
  }

  /** The newest word on an item replaces one that still waits. */
  put(message: FailedMessage): void {
    const id = `${message.channelId} ${message.itemKey}`;
    this.waiting.delete(id);
    this.waiting.set(id, message);
    if (this.waiting.size <= MOST_WAITING) return;
    const [oldest] = this.waiting.keys();
    if (oldest !== undefined) this.waiting.delete(oldest);
    this.sink.count('tap-rows-skipped', message.channelId, 1);
  }

  /** Begins to deliver what waits, unless that is going on already. */
  deliver(): Promise<void> {
    this.delivering ??= this.deliverAll().finally(() => { this.delivering = null; });
    return this.delivering;
  }

  private async deliverAll(): Promise<void> {
    while (this.waiting.size > 0) {
      const batch = [...this.waiting].slice(0, PER_DELIVERY);
      try {
        await this.sink.messages(batch.map(([, message]) => message));
        this.isRefused = false;
      } catch {
        this.isRefused = true;
        return;
      }
      for (const [id, message] of batch) if (this.waiting.get(id) === message) this.waiting.delete(id);
    }
  }
}
