'use client';

import { ChevronDown, ChevronRight } from 'lucide-react';
import type { TraceView } from '@/server/services/traces/trace-view';
import { formatNanoseconds } from '../format/duration';
import { countOf } from '../format/number';
import { StatusShape } from '../status/status-mark';
import type { TraceTree } from './trace-tree';

/** Deeper spans keep this indent, so that names stay readable; their level is still announced. */
const DEEPEST_INDENT = 10;

interface Props {
  id: string;
  spans: TraceView['spans'];
  tree: TraceTree;
  span: number;
  rowIndex: number;
  top: number;
  collapsed: boolean;
  active: boolean;
  selected: boolean;
}

export function WaterfallRow(props: Props) {
  const { id, spans, tree, span, rowIndex, top, collapsed, active, selected } = props;
  const below = tree.descendants[span]!;
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={rowIndex + 1}
      aria-level={tree.depth[span]! + 1}
      aria-expanded={below > 0 ? !collapsed : undefined}
      aria-selected={selected}
      data-span={span}
      className={`waterfall-columns absolute inset-x-0 h-8 cursor-pointer border-b border-line hover:bg-raised ${
        selected ? 'bg-raised' : ''
      } ${active ? 'outline-2 outline-offset-[-2px] outline-accent' : ''}`}
      style={{ top }}
    >
      <NameCell {...props} />
      <TimeCell spans={spans} tree={tree} span={span} />
    </div>
  );
}

function NameCell({ spans, tree, span, collapsed }: Props) {
  const below = tree.descendants[span]!;
  const Chevron = collapsed ? ChevronRight : ChevronDown;
  const isError = spans.isError[span]!;
  return (
    <div
      role="gridcell"
      className="flex min-w-0 items-center gap-1 pr-2 pl-2"
      style={{ paddingLeft: `calc(8px + ${Math.min(tree.depth[span]!, DEEPEST_INDENT)} * var(--indent))` }}
      title={`${spans.service[span]}: ${spans.name[span]}`}
    >
      {below > 0 ? (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`${collapsed ? 'Expand' : 'Collapse'} ${countOf(below, 'span')} below`}
          data-toggle=""
          className="flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:text-ink"
        >
          <Chevron size={14} aria-hidden />
        </button>
      ) : (
        <span className="w-6 shrink-0" />
      )}
      {(isError || (collapsed && tree.errorBelow[span] === 1)) && (
        <span className="inline-flex shrink-0" title={isError ? 'error' : 'an error below'}>
          <StatusShape status="failing" size={10} />
          <span className="sr-only">{isError ? 'error' : 'an error below'}</span>
        </span>
      )}
      <span className="min-w-0 truncate">
        <span className="font-medium">{spans.service[span]}</span> <span className="text-muted">{spans.name[span]}</span>
      </span>
      {collapsed && <span className="ml-auto shrink-0 text-xs text-muted">{countOf(below, 'span')} below</span>}
    </div>
  );
}

function TimeCell({ spans, tree, span }: { spans: TraceView['spans']; tree: TraceTree; span: number }) {
  const share = (ns: number) => `${(ns / tree.extent) * 100}%`;
  const [start, duration, wait] = [tree.shownStart[span]!, spans.durationNs[span]!, tree.wait[span]!];
  const isError = spans.isError[span]!;
  const place = labelPlace((start - wait) / tree.extent, (start + duration) / tree.extent);
  const aside = place === 'inside' ? '' : 'text-muted';
  return (
    <div role="gridcell" className="relative mr-4">
      {wait > 0 && (
        <span
          className="queue-wait absolute top-3 h-2"
          style={{ left: share(start - wait), width: share(wait) }}
          title={`waited ${formatNanoseconds(wait)} in the queue`}
        />
      )}
      <span
        className={`absolute top-2 h-4 min-w-0.5 rounded-xs ${isError ? 'bg-failing' : 'bg-muted'}`}
        style={{ left: share(start), width: share(duration) }}
      />
      <span
        className={`absolute top-1.5 px-1.5 text-xs leading-5 whitespace-nowrap tabular-nums ${place === 'inside' ? 'text-panel' : ''}`}
        style={
          place === 'after'
            ? { left: share(start + duration) }
            : place === 'before'
              ? { right: share(tree.extent - start + wait) }
              : { left: share(start) }
        }
      >
        {formatNanoseconds(duration)}
        {wait > 0 && <span className={`max-md:sr-only ${aside}`}> after {formatNanoseconds(wait)} wait</span>}
        {tree.skew[span]! > 0 && (
          <span className={aside} title={`Its clock says it began ${formatNanoseconds(Math.round(tree.skew[span]!))} before its parent; shown at the parent’s start.`}>
            {' '}
            clock off
          </span>
        )}
      </span>
    </div>
  );
}

/** Where the words of a bar have room, given where it begins and ends as shares of the axis. */
function labelPlace(begin: number, end: number): 'after' | 'before' | 'inside' {
  if (end < 0.65) return 'after';
  return begin > 0.35 ? 'before' : 'inside';
}
