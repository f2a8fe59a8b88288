import { NOW } from '../flow-facts.builder';
import type { ChannelFacts, HopTapFacts, Look, NewestLook, SourceFacts } from './tap-facts';

const POLL_MS = 5_000;

function look(told: Partial<NewestLook> = {}): NewestLook {
  return {
    at: NOW - 2_000, epoch: 'boot-1', state: 'running', waiting: 0n, inFlight: 0n, failed: null, held: null, consumers: 2,
    entered: 10_000n, left: 10_000n, redelivered: 0n, oldestAgeMs: null, ageMethod: 'unknown', ageNote: '', ...told,
  };
}

export interface Course {
  enteredPerMinute?: number;
  leftPerMinute?: number;
  /** What waits at the end; before that it follows from the rates. */
  waiting?: number;
  minutes?: number;
  /** What only the newest look says, and what all looks say of consumers, epoch and state. */
  newest?: Partial<NewestLook>;
}

/** A channel that was looked at every five seconds while messages entered and left at constant rates. */
export function channel({ enteredPerMinute = 30, leftPerMinute = 30, waiting = 0, minutes = 20, newest = {} }: Course = {}): ChannelFacts {
  const last = look({ waiting: BigInt(waiting), ...newest });
  const count = (minutes * 60_000) / POLL_MS;
  const looks: Look[] = Array.from({ length: count + 1 }, (_, i) => {
    const ago = count - i;
    const moved = (perMinute: number) => BigInt(Math.round((perMinute * ago * POLL_MS) / 60_000));
    const before = BigInt(waiting) - moved(enteredPerMinute) + moved(leftPerMinute);
    return {
      at: last.at - ago * POLL_MS, epoch: last.epoch, waiting: last.waiting === null ? null : before > 0n ? before : 0n, failed: last.failed, inFlight: last.inFlight, consumers: last.consumers,
      entered: last.entered === null ? null : last.entered - moved(enteredPerMinute), left: last.left === null ? null : last.left - moved(leftPerMinute), redelivered: last.redelivered,
    };
  });
  return { channelId: 'rabbit-main:queue:/:claims.work', looks, newest: last, failing: null };
}

export function source(told: Partial<SourceFacts> = {}): SourceFacts {
  return { id: 'rabbit-main', name: 'Rabbit main', pollMs: POLL_MS, newest: { at: NOW - 2_000, alarms: [], blockedConnections: 0 }, failing: null, ...told };
}

export function tap(told: Partial<HopTapFacts> = {}): HopTapFacts {
  return { source: source(), channel: channel(), deadLetters: null, failures: [], ...told };
}
