/** Runs in the page: what a screen reader or a keyboard would stumble over, by rule. */
export function accessibilityProblems(): string[] {
  const found: string[] = [];
  const shown = (element: Element) => element.checkVisibility();
  const describe = (element: Element) => element.outerHTML.slice(0, 120);

  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  for (const id of new Set(ids.filter((other, index) => ids.indexOf(other) !== index))) found.push(`id ${id} is used twice`);

  for (const element of document.querySelectorAll('button, a[href], [role="img"], input, select, [role="region"]')) {
    const labels = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? [...(element.labels ?? [])] : [];
    const name = element.getAttribute('aria-label') ?? (labels.map(({ textContent }) => textContent).join('') || element.textContent);
    if (shown(element) && !name?.trim()) found.push(`no name: ${describe(element)}`);
  }

  for (const element of document.querySelectorAll('button, select, input')) {
    const { width, height } = element.getBoundingClientRect();
    const small = Math.min(width, height) < 24 && element.closest('label') === null;
    if (shown(element) && small) found.push(`target below 24 px: ${describe(element)}`);
  }

  for (const table of document.querySelectorAll('table')) {
    if (table.querySelector('th') === null) found.push(`table without headers: ${describe(table)}`);
    if (table.caption === null) found.push(`table without a caption: ${describe(table)}`);
  }

  const levels = [...document.querySelectorAll('main :is(h1, h2, h3, h4)')].filter(shown).map(({ tagName }) => Number(tagName[1]));
  levels.forEach((level, index) => {
    if (level > (levels[index - 1] ?? 0) + 1) found.push(`heading level ${level} follows ${levels[index - 1] ?? 'nothing'}`);
  });
  return found;
}
