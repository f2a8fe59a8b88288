import { percentile } from './measure/percentile';
import type { RunFigures } from './timed-run';

export type SideName = 'signalbox' | 'status quo';

const COLUMNS = ['round', 'server', 'spans/s', 'spans/CPU-s', 'collector µs', 'database µs', 'ack p50', 'ack p99', 'peak MB', 'loader CPU'];
const WIDTHS = [5, 10, 9, 11, 12, 11, 8, 8, 11, 10];

export function tableHead(): string {
  return line(COLUMNS);
}

/** Collector and database microseconds are CPU time per span. */
export function tableRow(round: number, side: SideName, figures: RunFigures): string {
  const perSpan = (seconds: number) => ((seconds / figures.spans) * 1e6).toFixed(1);
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  return line([
    String(round), side, count(spansPerSecond(figures)), count(spansPerCpuSecond(figures)), perSpan(figures.collectorCpuSeconds),
    perSpan(figures.databaseCpuSeconds), `${Math.round(figures.ackP50Ms)} ms`, `${Math.round(figures.ackP99Ms)} ms`,
    `${megabytes(figures.collectorPeakBytes)}+${megabytes(figures.databasePeakBytes)}`, `${figures.loaderCpuSeconds.toFixed(2)} s`,
  ]);
}

/** The lines that other programs read: medians over the rounds, and their ratios. */
export function summary(runs: Record<SideName, RunFigures[]>): string[] {
  const median = (side: SideName, figure: (run: RunFigures) => number) => percentile(runs[side].map(figure), 0.5);
  const cpu = { ours: median('signalbox', spansPerCpuSecond), peer: median('status quo', spansPerCpuSecond) };
  const wall = { ours: median('signalbox', spansPerSecond), peer: median('status quo', spansPerSecond) };
  return [
    `figure ours_spans_per_second ${Math.round(wall.ours)} spans/s`,
    `figure ours_spans_per_cpu_second ${Math.round(cpu.ours)} spans/CPU-s`,
    `figure ours_ack_p99 ${Math.round(median('signalbox', (run) => run.ackP99Ms))} ms`,
    `figure status_quo_spans_per_second ${Math.round(wall.peer)} spans/s`,
    `figure status_quo_spans_per_cpu_second ${Math.round(cpu.peer)} spans/CPU-s`,
    `figure status_quo_ack_p99 ${Math.round(median('status quo', (run) => run.ackP99Ms))} ms`,
    `ratio ingest_spans_per_second ${(wall.ours / wall.peer).toFixed(2)}`,
    `ratio ingest_spans_per_cpu_second ${(cpu.ours / cpu.peer).toFixed(2)}`,
  ];
}

function spansPerSecond(figures: RunFigures): number {
  return figures.spans / figures.wallSeconds;
}

function spansPerCpuSecond(figures: RunFigures): number {
  return figures.spans / (figures.collectorCpuSeconds + figures.databaseCpuSeconds);
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function line(cells: readonly string[]): string {
  return cells.map((cell, i) => cell.padStart(WIDTHS[i]!)).join('  ');
}
