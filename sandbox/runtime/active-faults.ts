import type { ActiveFault, FaultName } from '../faults/catalogue';

/** What a system process knows of the faults that are on; the parent process tells it at each change. */
export interface Faults {
  /** On at all, or on for this target. */
  isOn(name: FaultName, target?: string): boolean;
  /** Waits as long as `everything-slow` demands: not at all while it is off. */
  slowdown(): Promise<void>;
  set(active: readonly ActiveFault[]): void;
  /** Calls back after each change. */
  onChange(listener: () => void): void;
}

export function createFaults(): Faults {
  let current: readonly ActiveFault[] = [];
  const listeners: (() => void)[] = [];
  const isOn = (name: FaultName, target?: string) =>
    current.some((fault) => fault.name === name && (target === undefined || fault.target === target));
  return {
    isOn,
    slowdown: async () => {
      if (isOn('everything-slow')) await waitBetween(8_000, 12_000);
    },
    set(active) {
      current = active;
      for (const listener of listeners) listener();
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

/** Waits a random while between two durations in milliseconds. */
export function waitBetween(low: number, high: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, low + Math.random() * (high - low)));
}
