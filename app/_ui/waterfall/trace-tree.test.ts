import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TraceView } from '@/server/services/traces/trace-view';
import { ancestorsOf, traceTree, visibleSpans } from './trace-tree';

interface Span {
  parent: number;
  start: number;
  duration: number;
  kind?: string;
  isError?: boolean;
}

function spansOf(spans: Span[]): TraceView['spans'] {
  const blank = spans.map(() => '');
  return {
    spanId: spans.map((_, index) => index.toString(16).padStart(16, '0')),
    parentIndex: spans.map(({ parent }) => parent),
    name: blank,
    service: blank,
    kind: spans.map(({ kind }) => kind ?? 'Internal'),
    startOffsetNs: spans.map(({ start }) => start),
    durationNs: spans.map(({ duration }) => duration),
    isError: spans.map(({ isError }) => isError ?? false),
    flowId: blank,
    hopId: blank,
    leg: blank,
    statusReason: blank,
  };
}

describe('traceTree', () => {
  const spans = spansOf([
    { parent: -1, start: 0, duration: 100 },
    { parent: 0, start: 10, duration: 20, kind: 'Producer' },
    { parent: 0, start: 40, duration: 10, isError: true },
    { parent: 1, start: 530, duration: 70, kind: 'Consumer' },
    { parent: 3, start: 520, duration: 5 },
    { parent: -1, start: 550, duration: 5 },
  ]);
  const tree = traceTree(spans);

  it('puts children after their parent, by start, and orphans last as roots', () => {
    expect([...tree.order]).toEqual([0, 1, 3, 4, 2, 5]);
    expect([...tree.depth]).toEqual([0, 1, 1, 2, 3, 0]);
    expect([...tree.descendants]).toEqual([4, 2, 0, 1, 0, 0]);
  });

  it('measures the time in the queue from the end of the producer', () => {
    expect([...tree.wait]).toEqual([0, 0, 0, 500, 0, 0]);
  });

  it('shows no span before its parent and says by how much its clock is off', () => {
    expect([...tree.shownStart]).toEqual([0, 10, 40, 530, 530, 550]);
    expect(tree.skew[4]).toBe(10);
    expect(tree.extent).toBe(600);
  });

  it('knows of errors below', () => {
    expect([...tree.errorBelow]).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it('hides what is below a collapsed span', () => {
    expect(visibleSpans(tree, new Set([1]))).toEqual([0, 1, 2, 5]);
    expect(visibleSpans(tree, new Set([0]))).toEqual([0, 5]);
  });

  it('finds the way up', () => {
    expect(ancestorsOf(tree, 4)).toEqual([3, 1, 0]);
    expect(ancestorsOf(tree, 5)).toEqual([]);
  });
});

describe('traces that should not exist', () => {
  it('shows spans that are each other’s parent once', () => {
    const tree = traceTree(spansOf([{ parent: 1, start: 0, duration: 1 }, { parent: 0, start: 1, duration: 1 }, { parent: 2, start: 2, duration: 1 }]));
    expect([...tree.order].toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });

  it('copes with a chain of 100,000 spans', () => {
    const tree = traceTree(spansOf(Array.from({ length: 100_000 }, (_, index) => ({ parent: index - 1, start: index, duration: 1 }))));
    expect(tree.depth[99_999]).toBe(99_999);
    expect(tree.descendants[0]).toBe(99_999);
  });

  it('shows every span exactly once, whatever the parents', () => {
    const anySpans = fc.array(
      fc.record({ parent: fc.integer({ min: -2, max: 30 }), start: fc.nat(1000), duration: fc.nat(1000), isError: fc.boolean() }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(anySpans, (any) => {
        const tree = traceTree(spansOf(any));
        expect([...tree.order].toSorted((a, b) => a - b)).toEqual(any.map((_, index) => index));
        const roots = [...tree.order].filter((span) => tree.depth[span] === 0);
        expect(roots.reduce((sum, root) => sum + tree.descendants[root]! + 1, 0)).toBe(any.length);
      }),
    );
  });
});
