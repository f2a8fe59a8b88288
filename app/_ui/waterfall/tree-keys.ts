import type { KeyboardEvent } from 'react';
import type { TraceTree } from './trace-tree';

interface TreeKeys {
  tree: TraceTree;
  visible: readonly number[];
  /** The row the keys act on; -1 before any was chosen. */
  active: number;
  collapsed: ReadonlySet<number>;
  setActive: (span: number) => void;
  toggle: (span: number) => void;
  onSelect: (span: number) => void;
}

const PAGE = 20;

/** The keys of a tree grid: up and down, left closes or goes to the parent, right opens or goes in, Enter selects. */
export function treeKeys(keys: TreeKeys): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (act(event.key, keys)) event.preventDefault();
  };
}

function act(key: string, { tree, visible, active, collapsed, setActive, toggle, onSelect }: TreeKeys): boolean {
  const at = visible.indexOf(active);
  const moveTo = (row: number) => setActive(visible[Math.min(visible.length - 1, Math.max(0, row))]!);
  const hasChildren = active >= 0 && tree.descendants[active]! > 0;
  switch (key) {
    case 'ArrowDown':
    case 'j':
      moveTo(at + 1);
      return true;
    case 'ArrowUp':
    case 'k':
      moveTo(at - 1);
      return true;
    case 'PageDown':
      moveTo(at + PAGE);
      return true;
    case 'PageUp':
      moveTo(at - PAGE);
      return true;
    case 'Home':
      moveTo(0);
      return true;
    case 'End':
      moveTo(visible.length - 1);
      return true;
    case 'ArrowRight':
      if (hasChildren && collapsed.has(active)) toggle(active);
      else if (hasChildren) moveTo(at + 1);
      return true;
    case 'ArrowLeft':
      if (hasChildren && !collapsed.has(active)) toggle(active);
      else moveTo(visible.findLastIndex((span, row) => row < at && tree.depth[span]! < tree.depth[active]!));
      return true;
    case 'Enter':
    case ' ':
      if (active >= 0) onSelect(active);
      return true;
    default:
      return false;
  }
}
