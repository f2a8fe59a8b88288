import { METHOD_WORDS, type OperationKind } from '@/server/domain/operations/kinds';
import type { LeverFrame, LeverView } from '@/server/services/operations/operation-view';
import { KIND_WORDS } from '../../../../operations/_words/operation-words';

/** A lever as it stands in the frame: one per verb, however many methods it has. */
export interface ShownLever {
  kind: OperationKind;
  name: string;
  does: string;
  /** Why it cannot be pulled, each reason once; empty: it can. */
  locks: string[];
}

const ORDER: readonly OperationKind[] = ['pause', 'canary', 'release', 'replay', 'reroute', 'restore'];

/** Levers in the order of the frame. What acts on a hold stands there only while there is one. */
export function shownLevers({ levers, holds }: Pick<LeverFrame, 'levers' | 'holds'>): ShownLever[] {
  const has = { pause: holds.some(({ kind }) => kind === 'pause'), reroute: holds.some(({ kind }) => kind === 'reroute') };
  return ORDER.flatMap((kind) => {
    if ((kind === 'canary' || kind === 'release') && !has.pause) return [];
    if (kind === 'restore' && !has.reroute) return [];
    const ways = levers.filter((lever) => lever.kind === kind);
    return ways.length === 0 ? [] : [shownLever(kind, ways)];
  });
}

function shownLever(kind: OperationKind, ways: readonly LeverView[]): ShownLever {
  const free = ways.some(({ locked }) => locked === null);
  const locks = free ? [] : [...new Set(ways.flatMap(({ locked }) => locked ?? []))];
  const [first] = ways;
  const does = kind === 'pause' ? pauseWords(ways) : (first?.does ?? '');
  return { kind, name: KIND_WORDS[kind].name, does, locks };
}

/** `Park new messages, or stop the consumers.` */
function pauseWords(ways: readonly LeverView[]): string {
  const names = ways.flatMap(({ method, name }) => (method === null ? [name] : [METHOD_WORDS[method].name]));
  return `${names.map((name, index) => (index === 0 ? name : name.charAt(0).toLowerCase() + name.slice(1))).join(', or ')}.`;
}
