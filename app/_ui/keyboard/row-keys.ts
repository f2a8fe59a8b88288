'use client';

import { useEffect } from 'react';

/** Marks the link of a row that j, k and the arrow keys step through; Enter opens it as any link. */
export const ROW_LINK = { 'data-row-link': '' } as const;

/** Marks the field that "/" jumps to. */
export const PAGE_SEARCH = { 'data-page-search': '' } as const;

const ROW_LINK_SELECTOR = 'main [data-row-link]';
const PAGE_SEARCH_SELECTOR = 'main [data-page-search]';

/**
 * Single-key shortcuts of the console. Letters work only where nothing is being typed and can be switched off
 * (WCAG 2.1.4); arrow keys step only from row to row, so that they scroll everywhere else.
 */
export function useRowKeys({ letters, onHelp }: { letters: boolean; onHelp: () => void }): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
      const onRow = document.activeElement?.matches(ROW_LINK_SELECTOR) ?? false;
      const handled =
        (onRow && event.key === 'ArrowDown' && step(1)) ||
        (onRow && event.key === 'ArrowUp' && step(-1)) ||
        (letters && event.key === 'j' && step(1)) ||
        (letters && event.key === 'k' && step(-1)) ||
        (letters && event.key === '/' && focusOn(document.querySelector<HTMLElement>(PAGE_SEARCH_SELECTOR))) ||
        (letters && event.key === '?' && help(onHelp));
      if (handled) event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [letters, onHelp]);
}

function isBusy(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select, dialog, [role="menu"], [role="treegrid"]') !== null;
}

function step(by: 1 | -1): boolean {
  const links = [...document.querySelectorAll<HTMLElement>(ROW_LINK_SELECTOR)].filter((link) => link.checkVisibility());
  const at = links.findIndex((link) => link === document.activeElement);
  const next = at === -1 ? links.at(by === 1 ? 0 : -1) : links[Math.min(links.length - 1, Math.max(0, at + by))];
  return focusOn(next ?? null);
}

function focusOn(element: HTMLElement | null): boolean {
  element?.focus();
  return element !== null;
}

function help(onHelp: () => void): boolean {
  onHelp();
  return true;
}
