/** A place in the spool: byte `offset` in segment number `segment`. */
export interface SpoolPosition {
  segment: number;
  offset: number;
}

export function isBefore(a: SpoolPosition, b: SpoolPosition): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);
}

