import type { Counts } from './runner.mjs';

export function vitestCounts(file: string): Counts;
export function playwrightCounts(file: string): Counts;
