/** How fast messages pass, from a total that is looked at again and again. */

interface Look {
  /** Unix milliseconds. */
  at: number;
  /** A total that only grows. */
  messages: number;
}

/** @returns a meter; `perSecond` is null until looks span `windowMs` */
export function measurePace(windowMs: number): { add(look: Look): { passed: number; perSecond: number | null } } {
  const looks: Look[] = [];
  let first: Look | undefined;
  return {
    add(look) {
      first ??= look;
      looks.push(look);
      // The newest look that is at least a window old is where the window begins.
      while (looks.length > 1 && look.at - looks[1]!.at >= windowMs) looks.shift();
      const spanMs = look.at - looks[0]!.at;
      return { passed: look.messages - first.messages, perSecond: spanMs < windowMs ? null : ((look.messages - looks[0]!.messages) * 1000) / spanMs };
    },
  };
}
