import type { TraceView } from '@/server/services/traces/trace-view';

/**
 * A trace arranged for display: depth-first, with what a row needs already worked out. Arrays are indexed by span, so
 * that 100,000 spans cost a few megabytes and a few milliseconds.
 */
export interface TraceTree {
  /** Span indexes in display order: each parent before its children, children by start. */
  order: Int32Array;
  depth: Int32Array;
  /** How many spans lie below a span. */
  descendants: Int32Array;
  /** Whether an error lies below a span; collapsing must not hide it. */
  errorBelow: Uint8Array;
  /** Offset from the start of the trace in nanoseconds, never before the parent's: clocks of hosts differ. */
  shownStart: Float64Array;
  /** By how many nanoseconds a span says it began before its parent. */
  skew: Float64Array;
  /** Nanoseconds between the end of the producer and the start of its consumer: time in the queue. */
  wait: Float64Array;
  /** Nanoseconds from the start of the trace to the last shown end; at least 1. */
  extent: number;
}

const NO_SPAN = -1;

/** Arranges the spans. Spans whose parent has not been received become roots, as do those that name each other as parent. */
export function traceTree(spans: TraceView['spans']): TraceTree {
  const count = spans.spanId.length;
  const tree: TraceTree = {
    order: new Int32Array(count),
    depth: new Int32Array(count),
    descendants: new Int32Array(count),
    errorBelow: new Uint8Array(count),
    shownStart: new Float64Array(count),
    skew: new Float64Array(count),
    wait: new Float64Array(count),
    extent: 1,
  };
  const walk = new Walk(spans, tree);
  for (let span = 0; span < count; span++) if (walk.parentOf(span) === NO_SPAN) walk.from(span);
  // What is left hangs in a circle of parents that no root leads to.
  for (let span = 0; span < count; span++) if (!walk.visited[span]) walk.from(span);
  sumUpwards(spans, tree, walk.placedUnder);
  return tree;
}

class Walk {
  readonly visited: Uint8Array;
  /** The parent under which a span is shown; a circle of parents is cut where the walk entered it. */
  readonly placedUnder: Int32Array;
  private readonly firstChild: Int32Array;
  private readonly nextSibling: Int32Array;
  private placed = 0;

  constructor(
    private readonly spans: TraceView['spans'],
    private readonly tree: TraceTree,
  ) {
    const count = spans.spanId.length;
    this.visited = new Uint8Array(count);
    this.placedUnder = new Int32Array(count).fill(NO_SPAN);
    this.firstChild = new Int32Array(count).fill(NO_SPAN);
    this.nextSibling = new Int32Array(count).fill(NO_SPAN);
    // Spans come ordered by start; prepending from the last to the first keeps that order among siblings.
    for (let span = count - 1; span >= 0; span--) {
      const parent = this.parentOf(span);
      if (parent === NO_SPAN) continue;
      this.nextSibling[span] = this.firstChild[parent]!;
      this.firstChild[parent] = span;
    }
  }

  parentOf(span: number): number {
    const parent = this.spans.parentIndex[span]!;
    return parent === span || parent < 0 || parent >= this.spans.spanId.length ? NO_SPAN : parent;
  }

  /** Depth-first without recursion: a trace may be deeper than the call stack. */
  from(root: number): void {
    const path: number[] = [];
    let span = root;
    while (span !== NO_SPAN) {
      this.place(span, path.at(-1) ?? NO_SPAN);
      path.push(span);
      span = this.unvisited(this.firstChild[span]!);
      while (span === NO_SPAN && path.length > 1) span = this.unvisited(this.nextSibling[path.pop()!]!);
    }
  }

  private unvisited(span: number): number {
    let next = span;
    while (next !== NO_SPAN && this.visited[next]) next = this.nextSibling[next]!;
    return next;
  }

  private place(span: number, parent: number): void {
    const { spans, tree } = this;
    const start = spans.startOffsetNs[span]!;
    const earliest = parent === NO_SPAN ? 0 : tree.shownStart[parent]!;
    this.visited[span] = 1;
    this.placedUnder[span] = parent;
    tree.order[this.placed++] = span;
    tree.depth[span] = parent === NO_SPAN ? 0 : tree.depth[parent]! + 1;
    const shown = Math.max(start, earliest);
    tree.shownStart[span] = shown;
    tree.skew[span] = Math.max(0, earliest - start);
    tree.wait[span] = parent === NO_SPAN ? 0 : this.waitAfter(parent, span);
    tree.extent = Math.max(tree.extent, shown + spans.durationNs[span]!);
  }

  private waitAfter(parent: number, span: number): number {
    const { kind, startOffsetNs, durationNs } = this.spans;
    if (kind[span] !== 'Consumer' && kind[parent] !== 'Producer') return 0;
    return Math.max(0, startOffsetNs[span]! - startOffsetNs[parent]! - durationNs[parent]!);
  }
}

/** Children stand after their parents in display order, so one pass from the end sums up every subtree. */
function sumUpwards(spans: TraceView['spans'], tree: TraceTree, placedUnder: Int32Array): void {
  for (let at = tree.order.length - 1; at >= 0; at--) {
    const span = tree.order[at]!;
    const parent = placedUnder[span]!;
    if (parent === NO_SPAN) continue;
    tree.descendants[parent]! += tree.descendants[span]! + 1;
    if (spans.isError[span] || tree.errorBelow[span]) tree.errorBelow[parent] = 1;
  }
}

/** The spans that are shown while the named ones are collapsed, in display order. */
export function visibleSpans(tree: TraceTree, collapsed: ReadonlySet<number>): number[] {
  const visible: number[] = [];
  for (let at = 0; at < tree.order.length; at++) {
    const span = tree.order[at]!;
    visible.push(span);
    if (collapsed.has(span)) at += tree.descendants[span]!;
  }
  return visible;
}

/** The spans above a span, nearest first; opening all of them makes it visible. */
export function ancestorsOf(tree: TraceTree, span: number): number[] {
  const ancestors: number[] = [];
  let depth = tree.depth[span]!;
  for (let at = tree.order.indexOf(span); at >= 0 && depth > 0; at--) {
    const candidate = tree.order[at]!;
    if (tree.depth[candidate]! >= depth) continue;
    ancestors.push(candidate);
    depth = tree.depth[candidate]!;
  }
  return ancestors;
}
