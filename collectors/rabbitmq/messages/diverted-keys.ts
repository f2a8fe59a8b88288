/**
 * Where a tap listens while a hold or a reroute of ours diverts some keys of its exchange. A tap that stayed bound for those
 * keys would count as their route, and the messages would go to the tap alone: so it listens for them where they are
 * diverted to, and on the exchange itself only for what still goes to a queue there.
 */
import { bindingIdentity, bindingsMeet, type BindingRule } from './routing';

/**
 * What a queue takes at the exchange never gets to the other one: while a hold is put in place or taken back, keys stand at both for a
 * moment, and then the exchange itself is where their messages pass.
 *
 * @param business bindings of queues that are left on the exchange @param diverted bindings of the exchange that gets the rest
 */
export function rulesBesideDiversion(type: string, wanted: readonly BindingRule[], business: readonly BindingRule[], diverted: readonly BindingRule[]): BindingRule[] {
  const isDiverted = (rule: BindingRule) => diverted.some((other) => bindingsMeet(type, other, rule));
  const rules = wanted.filter((rule) => business.some((other) => bindingsMeet(type, other, rule)))
    .flatMap((rule) => (isDiverted(rule) ? business.filter((other) => bindingsMeet(type, other, rule)) : [rule]));
  return unique(rules);
}

/** What the tap listens for at the exchange that gets the diverted keys. */
export function rulesOnDiversion(type: string, wanted: readonly BindingRule[], diverted: readonly BindingRule[]): BindingRule[] {
  return unique(diverted.filter((rule) => wanted.some((other) => bindingsMeet(type, other, rule))));
}

function unique(rules: readonly BindingRule[]): BindingRule[] {
  return [...new Map(rules.map((rule) => [bindingIdentity(rule), rule])).values()];
}
