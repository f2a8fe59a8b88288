import type { FactName } from '../vocabulary';

/**
 * A business message as it travels: facts that telemetry may show, and details that stay in the payload. All values
 * are text, amounts decimal strings; identifiers are synthetic.
 */
export interface BusinessMessage {
  facts: Partial<Record<FactName, string>> & { messageId: string };
  details: Record<string, string>;
}

/** Reads a message from the JSON of a request body or a payload column. */
export function messageFrom(json: unknown): BusinessMessage {
  const candidate = json as Partial<BusinessMessage> | null;
  if (typeof candidate?.facts?.messageId !== 'string') throw new Error('The body is not a business message: facts.messageId is missing');
  return { facts: candidate.facts, details: candidate.details ?? {} };
}

/** A detail that the sender always gives. */
export function detail(message: BusinessMessage, name: string): string {
  const value = message.details[name];
  if (value === undefined) throw new Error(`Message ${message.facts.messageId} has no ${name}`);
  return value;
}

/** A fact that the sender always gives. */
export function fact(message: BusinessMessage, name: FactName): string {
  const value = message.facts[name];
  if (value === undefined) throw new Error(`Message ${message.facts.messageId} has no ${name}`);
  return value;
}
