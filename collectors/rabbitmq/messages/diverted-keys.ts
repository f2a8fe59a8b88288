/**
 * Where a tap listens while a hold or a reroute of ours diverts some keys of its exchange. A tap that stayed bound for those
 * keys would count as their route, and the messages would go to the tap alone: so it listens for them where they are
 * diverted to, and on the exchange itself only for what still goes to a queue there.
 */
import { bindingIdentity, bindingsMeet, type BindingRule } from './routing';

/**
 * While a hold is put in place or taken back, keys stand at both exchanges for a moment. What a queue takes at the first never gets to the
 * other, so a tap that listens for it there goes on; but it does not begin to: the queue may be off by the time that it is bound, and then
 * the tap would be the only route, and the message be lost.
 *
 * @param business bindings of queues that are left on the exchange @param diverted bindings of the exchange that gets the rest
 * @param ours bindings of the tap on the exchange
 */
export function rulesBesideDiversion(type: string, wanted: readonly BindingRule[], business: readonly BindingRule[], diverted: readonly BindingRule[], ours: readonly BindingRule[] = []): BindingRule[] {
  const isDiverted = (rule: BindingRule) => diverted.some((other) => bindingsMeet(type, other, rule));
  const own = new Set(ours.map(bindingIdentity));
  const isOurs = (rule: BindingRule) => own.has(bindingIdentity(rule));
  return unique(wanted.filter((rule) => business.some((other) => bindingsMeet(type, other, rule))).flatMap((rule) => {
    if (!isDiverted(rule)) return [rule];
    const fitting = business.filter((other) => bindingsMeet(type, other, rule));
    const beside = fitting.filter((other) => !isDiverted(other) || isOurs(other));
    // Whoever diverts takes it away before the queue; what is to stay then is bound already.
    return isOurs(rule) && fitting.some(isDiverted) ? [rule, ...beside] : beside;
  }));
}

/**
 * What the tap listens for at the exchange that gets the diverted keys.
 *
 * @param further keys that another diversion leads on from there: as above, it goes on listening for these and does not begin to
 */
export function rulesOnDiversion(type: string, wanted: readonly BindingRule[], diverted: readonly BindingRule[], further: readonly BindingRule[] = [], ours: readonly BindingRule[] = []): BindingRule[] {
  const own = new Set(ours.map(bindingIdentity));
  const mayListen = (rule: BindingRule) => own.has(bindingIdentity(rule)) || !further.some((other) => bindingsMeet(type, other, rule));
  return unique(diverted.filter((rule) => mayListen(rule) && wanted.some((other) => bindingsMeet(type, other, rule))));
}

function unique(rules: readonly BindingRule[]): BindingRule[] {
  return [...new Map(rules.map((rule) => [bindingIdentity(rule), rule])).values()];
}
