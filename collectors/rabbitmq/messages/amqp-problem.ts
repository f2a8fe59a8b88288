/** What goes wrong on AMQP, as sentences that say what to do. Never with names of users: those belong to the credentials. */
import { connectionProblem, ManagementError } from '../management/management-error';
import { exactPattern, shellQuoted } from '../shell-text';
import type { PlannedTap } from './tap-plan';

/** What was asked of the broker when it refused. */
export type TapStep = 'declare' | 'bind' | 'unbind' | 'consume' | 'delete';

/** Thrown in our own words, so that nothing of the library's reaches a page. */
export class TapProblem extends Error {
  override readonly name = 'TapProblem';

  /** @param isRefusal the broker is there and will not have us: waiting changes nothing */
  constructor(message: string, readonly isRefusal = false) {
    super(message);
  }
}

/** @param address as people entered it */
export function connectProblem(error: unknown, address: string, vhost: string): TapProblem {
  const text = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (/ACCESS[_-]REFUSED/.test(text)) {
    return new TapProblem(`${address} refused the user or the password for AMQP. Enter them again under Settings → Sources, and check that the user still exists on the broker.`, true);
  }
  if (/Expected ConnectionOpenOk/.test(text)) {
    return new TapProblem(`The user may not use virtual host "${vhost}" over AMQP, or it does not exist, or its limit of connections is reached. Run: ${permissionCommand(vhost, [])}`, true);
  }
  if (code === 'ECONNREFUSED') return new TapProblem(`Nothing listens at ${address}. Is the broker running, and is the AMQP port right (5672, with TLS 5671)?`);
  if (/ETIMEDOUT/.test(text)) return new TapProblem(`${address} did not answer in time. Check routes and firewalls between the collectors and the broker.`);
  if (/Socket closed abruptly during opening handshake/.test(text)) return new TapProblem(`${address} closed the connection at once. Is it the AMQP port, and amqp or amqps as the broker has it?`);
  if (code === '') return new TapProblem(`The AMQP connection to ${address} failed. It is tried again.`);
  return new TapProblem(connectionProblem(code, address).message.replace('the port of the management API', 'the AMQP port').replace('http or https', 'amqp or amqps'));
}

/** Another process, or the one before us, still consumes. */
export function isInExclusiveUse(error: unknown): boolean {
  return error instanceof Error && error.message.includes('in exclusive use');
}

/** A refusal or failure of one step for one tap. */
export function stepProblem(error: unknown, step: TapStep, { vhost, exchange, queue }: PlannedTap): TapProblem {
  if (error instanceof TapProblem) return error;
  if (error instanceof ManagementError) return new TapProblem(error.message);
  const text = error instanceof Error ? error.message : '';
  switch (codeOf(error)) {
    case '403': {
      const missing = text.includes(`to exchange '`) || text.includes('topic') ? `read on exchange "${exchange}"` : { declare: 'configure', bind: 'write', unbind: 'write', consume: 'read', delete: 'configure' }[step] + ' on queues that begin with "signalbox.tap."';
      return new TapProblem(`The user lacks the permission ${missing} in virtual host "${vhost}". Run: ${permissionCommand(vhost, [exchange])}`);
    }
    case '404': return new TapProblem(text.includes('no exchange') ? `Exchange "${exchange}" of virtual host "${vhost}" does not exist; it is tapped once it does.` : `Our tap queue ${queue} vanished; it is made again at the next look.`);
    case '406': return new TapProblem(`Queue ${queue} of virtual host "${vhost}" exists with other limits than this version uses. Delete it on the broker, or wait until it expires by itself.`);
    default: return new TapProblem(`The broker could not ${step} for exchange "${exchange}" of virtual host "${vhost}" (the connection or the queue went away). It is tried again.`);
  }
}

/** Bytes that the client library cannot read, as against a connection that was lost. */
export function isUnreadableFrame(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof TypeError && error.message.startsWith('Unexpected type tag')) || (error instanceof Error && error.message.startsWith('Invalid frame'));
}

function permissionCommand(vhost: string, exchanges: readonly string[]): string {
  const readable = [String.raw`signalbox\.tap\..*`, ...exchanges.map(exactPattern)].join('|');
  return String.raw`rabbitmqctl set_permissions -p ${shellQuoted(vhost)} <user> '^signalbox\.tap\.' '^signalbox\.tap\.' ${shellQuoted(`^(${readable})$`)}`
    + (exchanges.length > 0 ? ' (keep what the user may read already)' : '');
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' || typeof code === 'number' ? String(code) : '';
}
