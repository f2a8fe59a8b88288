/** Every queue of ours in a customer's broker begins with this, so that it can be told from business queues and permitted by one pattern. */
export const TAP_QUEUE_PREFIX = 'signalbox.tap.';

export function isOwnQueue(name: string): boolean {
  return name.startsWith(TAP_QUEUE_PREFIX);
}
