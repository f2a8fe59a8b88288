import { percentile } from '../ingest/measure/percentile';
import type { Killed } from './killed';
import type { Pause, PauseMethod } from './pauses';
import type { Act, Run, SideName } from './throughput';

const WIDTHS = [16, 10, 12, 12, 12];

export function moveHead(): string {
  return line(['act', 'side', 'messages/s', 'first after', 'last after']);
}

export function moveRow({ act, side, perSecond, firstSeconds, lastSeconds }: Run): string {
  return line([act, side, Math.round(perSecond).toLocaleString('en'), `${firstSeconds.toFixed(2)} s`, `${lastSeconds.toFixed(2)} s`]);
}

export function pauseHead(): string {
  return line(['pause', '', '', 'agreed after', 'held after']);
}

export function pauseRow({ method, confirmedMs, heldMs }: Pause): string {
  return line([method, '', '', `${Math.round(confirmedMs)} ms`, `${Math.round(heldMs)} ms`]);
}

/** The lines that other programs read: medians over the rounds, of the figures and of each round's ratio, whose two sides ran one after the other. */
export function summary(runs: readonly Run[], pauses: readonly Pause[], kills: readonly Killed[]): string[] {
  const rounds = (act: Act, side: SideName) => runs.filter((run) => run.act === act && run.side === side).map((run) => run.perSecond);
  const perSecond = (act: Act, side: SideName) => percentile(rounds(act, side), 0.5);
  const heldMs = (method: PauseMethod) => Math.round(percentile(pauses.filter((pause) => pause.method === method).map((pause) => pause.heldMs), 0.5));
  const ratio = (act: Act) => {
    const shovel = rounds(act, 'shovel');
    return percentile(rounds(act, 'signalbox').map((ours, round) => ours / shovel[round]!), 0.5).toFixed(2);
  };
  return [
    ...(['replay', 'release'] as const).flatMap((act) => [
      `figure ${act}_per_second ${Math.round(perSecond(act, 'signalbox'))} messages/s`,
      `figure ${act}_shovel_per_second ${Math.round(perSecond(act, 'shovel'))} messages/s`,
    ]),
    `figure pause_to_held_park ${heldMs('park')} ms`,
    `figure pause_to_held_stop_consumers ${heldMs('stop-consumers')} ms`,
    `figure unknown_after_kill ${kills.reduce((sum, { unknown }) => sum + unknown, 0)} items`,
    `ratio replay_vs_shovel ${ratio('replay')}`,
    `ratio release_vs_shovel ${ratio('release')}`,
  ];
}

function line(cells: readonly string[]): string {
  return cells.map((cell, at) => cell.padStart(WIDTHS[at]!)).join('  ');
}
