import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Theme = 'light' | 'dark';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([a-z-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/g)].map(
    ([, name, light, dark]) => [name!, { light: light!, dark: dark! }] as const,
  ),
);

/** Relative luminance, WCAG 2.2 definition. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string, theme: Theme): number {
  const [high, low] = [luminance(colour(a, theme)), luminance(colour(b, theme))].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

function colour(token: string, theme: Theme): string {
  const value = tokens.get(token);
  if (value === undefined) throw new Error(`tokens.css has no --${token}`);
  return value[theme];
}

const SURFACES = ['surface-page', 'surface-panel', 'surface-raised'];
const TEXTS = ['text', 'text-muted', 'accent', 'failing', 'degraded', 'held', 'healthy', 'neutral'];
const OUTLINES = ['line-strong', 'accent', 'failing', 'degraded', 'held', 'healthy', 'neutral'];

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  it('defines every token it is checked for', () => {
    expect([...tokens.keys()].toSorted()).toEqual(
      [...new Set([...SURFACES, ...TEXTS, ...OUTLINES, 'line', 'accent-ink'])].toSorted(),
    );
  });

  it.each(SURFACES.flatMap((surface) => TEXTS.map((text) => [text, surface] as const)))(
    'text %s on %s reaches 4.5:1',
    (text, surface) => expect(contrast(text, surface, theme)).toBeGreaterThanOrEqual(4.5),
  );

  it.each(SURFACES.flatMap((surface) => OUTLINES.map((line) => [line, surface] as const)))(
    'line %s on %s reaches 3:1',
    (line, surface) => expect(contrast(line, surface, theme)).toBeGreaterThanOrEqual(3),
  );

  it('text on the accent reaches 4.5:1', () => {
    expect(contrast('accent-ink', 'accent', theme)).toBeGreaterThanOrEqual(4.5);
  });
});
