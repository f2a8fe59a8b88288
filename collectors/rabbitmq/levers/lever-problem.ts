/** What goes wrong while a lever is pulled, told apart: the source is away and comes back, or somebody must do something. */
import { FenceLost, SourceAway } from '@/collectors/runtime/operations/levers';
import { ManagementError, type ManagementProblem } from '../management/management-error';
import { TapProblem } from '../messages/amqp-problem';

const AWAY: readonly ManagementProblem[] = ['refused', 'unreachable', 'timeout', 'closed', 'broker-error'];

/** Closed by somebody, or because the broker stops: it comes back. */
const CONNECTION_FORCED = 320;

/** @param connection on which it happened */
export function leverProblem(error: unknown, connection: { isLost: boolean; error: unknown } | null = null): Error {
  if (error instanceof SourceAway || error instanceof FenceLost || error instanceof LeverError) return error;
  if (error instanceof ManagementError) return AWAY.includes(error.problem) ? new SourceAway(error.message) : new LeverError(error.message);
  if (error instanceof TapProblem) return error.isRefusal ? new LeverError(error.message) : new SourceAway(error.message);
  if (connection?.isLost) {
    const code = codeOf(connection.error);
    // A broker that refuses by closing the connection refuses the next time, too.
    if (code !== null && code !== CONNECTION_FORCED) return new LeverError(`The broker refuses it and closes the connection: ${quoted((connection.error as Error).message)}.`);
    return new SourceAway('The connection to the broker was lost. The operation goes on when it is back.');
  }
  return amqpProblem(error);
}

/** Written by us, for people. */
export class LeverError extends Error {
  override readonly name = 'LeverError';
}

/** The broker closed a channel with a reason of its own, which names objects and users, never content. */
function amqpProblem(error: unknown): Error {
  const text = error instanceof Error ? error.message : String(error);
  switch (codeOf(error)) {
    case 403: {
      const what = /access to (.+?) refused/i.exec(text)?.[1] ?? 'something that the lever needs';
      if (text.includes('in exclusive use')) return new LeverError('Another consumer has the queue for itself. End it, then try again; nothing was moved by two at once.');
      return new LeverError(`The user of the levers has no access to ${what}. Widen its permissions as the how-to of the source says; the permission works at once.`);
    }
    case 404: return new LeverError(`Something that the lever needs does not exist any more: ${quoted(text)}. Make a new plan.`);
    case 405: return new LeverError('The queue belongs to another connection. End that one, then try again.');
    case 406: return text.includes('user_id')
      ? new LeverError('A message carries the property user_id of another user, and the broker lets only that user publish it, or one with the tag impersonator. Run: rabbitmqctl set_user_tags <lever user> administrator impersonator')
      : new LeverError(`The broker refuses it: ${quoted(text)}.`);
    // The connection or the channel went away in the middle.
    default: return new SourceAway('The broker went away in the middle. The operation goes on when it is back.');
  }
}

function quoted(text: string): string {
  return (/"([^"]+)"/.exec(text)?.[1] ?? text).slice(0, 300);
}

export function codeOf(error: unknown): number | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'number' ? code : null;
}
