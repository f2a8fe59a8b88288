import { redactName } from './identifiers';
import { maskText } from './mask';

/** An event's name is meant to be an identifier such as `exception`, but many programs log sentences with it. */
const IDENTIFIER = /^[\w.:/-]{0,80}$/;

/** The name of a span event if it is an identifier, else its mask. */
export function eventName(name: string): string {
  return IDENTIFIER.test(name) ? redactName(name) : maskText(name);
}
