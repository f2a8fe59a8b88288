/** What Settings shows of the message tap. */
import type { TapReport } from '@/collectors/runtime/taps/connector';
import type { TapNote } from './tap-plan';
import type { VhostTap } from './vhost-tap';

/** True of every tap: part of what people must know before they rely on returns. */
const MANDATORY = 'While an exchange is tapped, messages that are published with the mandatory flag are never returned to their sender: our copy counts as a route. Where no business queue takes a key, we unbind and report it.';

export interface MessageTapView {
  notes: readonly TapNote[];
  vhosts: ReadonlyMap<string, VhostTap>;
  alarms: readonly string[];
  lastSuccessAt: number | null;
}

export function waitingForTopology(): TapReport {
  return report('warning', 'The message tap waits until the wiring of the broker is known.', null, null, {});
}

export function messageReport({ notes, vhosts, alarms, lastSuccessAt }: MessageTapView): TapReport {
  const states = [...vhosts.values()].flatMap((vhost) => [...vhost.states.values()]);
  const lost = [...vhosts].filter(([, { connection }]) => connection.current === null).map(([vhost, { connection }]) => `Virtual host "${vhost}": ${connection.problem}`);
  const bound = states.filter(({ boundKeys }) => boundKeys > 0);
  const isShed = states.some((state) => state.isShed);
  const problems = [...lost, ...states.flatMap(({ problem, consumerProblem }) => [problem, consumerProblem].filter((text) => text !== ''))];
  const unroutable = states.filter((state) => state.unroutable.length > 0).map(({ tap, unroutable: keys }) =>
    `Unroutable: no business queue takes ${keys.map((key) => `"${key}"`).join(', ')} on exchange "${tap.exchange}" of virtual host "${tap.vhost}". Messages with such keys are lost or returned; the tap is not bound for them.`);
  const refused = notes.filter(({ kind }) => kind !== 'limit').map(({ sentence }) => sentence);
  const waiting = states.filter(({ consumer }) => consumer?.state === 'waiting').map(({ tap }) => `Exchange "${tap.exchange}": another consumer still holds our tap queue; asked again each second.`);
  const shed = isShed ? [`The broker has an alarm (${alarms.join(', ')}): our taps stepped back, their queues are deleted, and messages are not seen until it ends.`] : [];
  const warnings = [...shed, ...problems, ...unroutable, ...waiting, ...refused];
  const dropped = states.reduce((total, state) => total + state.droppedTotal, 0n);

  const taken = states.length === 0 ? 'No exchange is tapped for messages.' : `Copies of messages are taken from ${bound.length} of ${states.length} ${states.length === 1 ? 'exchange' : 'exchanges'}.`;
  const isDown = lost.length > 0 && lost.length === vhosts.size;
  return report(isDown ? 'down' : warnings.length > 0 ? 'warning' : 'ok', warnings[0] ? `${taken} ${warnings[0]}` : taken, lastSuccessAt, problems[0] ?? null, {
    exchanges: bound.map(({ tap }) => `${tap.vhost} ${tap.exchange} (${tap.purpose})`),
    tappedExchanges: bound.length,
    warnings,
    limits: [...(states.length > 0 ? [MANDATORY] : []), ...notes.filter(({ kind }) => kind === 'limit').map(({ sentence }) => sentence)],
    // A JSON number; a source does not drop more than 2^53 copies in the life of a process.
    droppedCopies: Number(dropped),
  });
}

function report(status: TapReport['status'], summary: string, lastSuccessAt: number | null, lastError: string | null, detail: TapReport['detail']): TapReport {
  return { status, summary, lastSuccessAt, latencyMs: null, rows: null, lastError, detail };
}
