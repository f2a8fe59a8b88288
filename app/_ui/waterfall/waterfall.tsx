'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { TraceView } from '@/server/services/traces/trace-view';
import { countOf } from '../format/number';
import { Ruler } from './ruler';
import { ancestorsOf, traceTree, visibleSpans } from './trace-tree';
import { treeKeys } from './tree-keys';
import { WaterfallRow } from './waterfall-row';

const ROW_HEIGHT = 32;

interface Props {
  trace: TraceView;
  /** Index of the span whose detail is open; -1 for none. */
  selected: number;
  onSelect: (span: number) => void;
}

/** All spans of a trace on one time axis. Only the rows on the screen exist, so the number of spans does not matter. */
export function Waterfall({ trace, selected, onSelect }: Props) {
  const { spans } = trace;
  const tree = useMemo(() => traceTree(spans), [spans]);
  const [collapsed, setCollapsed] = useState<ReadonlySet<number>>(new Set());
  const visible = useMemo(() => visibleSpans(tree, collapsed), [tree, collapsed]);
  const [active, setActive] = useState(selected);
  const scroller = useRef<HTMLDivElement>(null);
  const rowIds = useId();

  const virtualizer = useVirtualizer({
    count: visible.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });

  const reveal = (span: number) => {
    const above = ancestorsOf(tree, span).filter((ancestor) => collapsed.has(ancestor));
    const next = above.length === 0 ? collapsed : new Set([...collapsed].filter((other) => !above.includes(other)));
    setCollapsed(next);
    setActive(span);
    const row = (next === collapsed ? visible : visibleSpans(tree, next)).indexOf(span);
    virtualizer.scrollToIndex(row, { align: 'auto' });
  };

  // A span named in the address is brought into view when the page opens.
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current) return;
    opened.current = true;
    if (selected >= 0) virtualizer.scrollToIndex(visible.indexOf(selected), { align: 'center' });
  }, [selected, virtualizer, visible]);

  const toggle = (span: number) => setCollapsed(toggled(collapsed, span));
  const onKeyDown = treeKeys({ tree, visible, active, collapsed, setActive: reveal, toggle, onSelect });
  const onClick = (event: React.MouseEvent) => {
    if (!(event.target instanceof Element)) return;
    const row = event.target.closest<HTMLElement>('[data-span]');
    if (row === null) return;
    const span = Number(row.dataset.span);
    if (event.target.closest('[data-toggle]') !== null) return toggle(span);
    setActive(span);
    onSelect(span);
  };
  const errors = useMemo(() => [...tree.order].filter((span) => spans.isError[span]), [tree, spans]);

  const nextError = () => {
    const at = tree.order.indexOf(active);
    const next = errors.find((span) => tree.order.indexOf(span) > at) ?? errors[0];
    if (next === undefined) return;
    reveal(next);
    onSelect(next);
  };

  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-1.5">
        <button type="button" className="button" onClick={() => setCollapsed(new Set())} disabled={collapsed.size === 0}>
          Expand all
        </button>
        <button type="button" className="button" onClick={() => setCollapsed(new Set(parentsOf(tree.descendants)))}>
          Collapse all
        </button>
        {errors.length > 0 && (
          <button type="button" className="button" onClick={nextError}>
            Next of {countOf(errors.length, 'error')}
          </button>
        )}
      </div>
      <div
        ref={scroller}
        role="treegrid"
        aria-label="Spans"
        aria-rowcount={visible.length}
        aria-activedescendant={active >= 0 ? `${rowIds}${active}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={onClick}
        className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto focus-visible:outline-offset-[-2px]"
      >
        <Ruler extent={tree.extent} />
        <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const span = visible[item.index]!;
            return (
              <WaterfallRow
                key={span}
                id={`${rowIds}${span}`}
                spans={spans}
                tree={tree}
                span={span}
                rowIndex={item.index}
                top={item.start}
                collapsed={collapsed.has(span)}
                active={span === active}
                selected={span === selected}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function toggled(collapsed: ReadonlySet<number>, span: number): ReadonlySet<number> {
  const next = new Set(collapsed);
  if (!next.delete(span)) next.add(span);
  return next;
}

function parentsOf(descendants: Int32Array): number[] {
  return Array.from(descendants.keys()).filter((span) => descendants[span]! > 0);
}
