/**
 * Deterministic randomness by position: the generator of fact `index` of a stream depends only on the seed, the
 * stream's name and the index, so a restart continues a stream exactly where it stopped.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [low, high], both included. */
  between(low: number, high: number): number;
  /** One of the choices, by weight. */
  pick<T extends { weight: number }>(choices: readonly T[]): T;
}

/** The generator for one position of one stream (FNV-1a over the coordinates, then mulberry32). */
export function randomAt(seed: string, stream: string, index: number | string): Random {
  let state = fnv1a(`${seed}\u0000${stream}\u0000${index}`);

  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick(choices) {
      const total = choices.reduce((sum, choice) => sum + choice.weight, 0);
      let remaining = next() * total;
      for (const choice of choices) {
        remaining -= choice.weight;
        if (remaining < 0) return choice;
      }
      const last = choices.at(-1);
      if (last === undefined) throw new Error('pick needs at least one choice');
      return last;
    },
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let position = 0; position < text.length; position += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193);
  }
  return hash >>> 0;
}
