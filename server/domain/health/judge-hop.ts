import type { FlowFacts, HopFacts } from './flow-facts';
import type { FlowSlo } from './flow-slo';
import { STATUSES, type Phase, type Status } from './flow-view';
import { watchedSince, type ObservedHop } from './observed-hop';
import { backlogGrowth } from './rules/backlog-growth';
import { brokerAlarm } from './rules/broker-alarm';
import { channelState } from './rules/channel-state';
import { deadLetters } from './rules/dead-letters';
import { errorRate } from './rules/error-rate';
import type { Finding, RuleInput } from './rules/finding';
import { lateness } from './rules/lateness';
import { measuredBacklog } from './rules/measured-backlog';
import { noConsumer } from './rules/no-consumer';
import { silence } from './rules/silence';
import { waiting } from './rules/waiting';
import { wellness } from './wellness';

export interface Judgement {
  hop: HopFacts | null;
  status: Status;
  phase: Phase;
  rule: string;
  text: string;
}

export interface HopInput {
  observed: ObservedHop;
  facts: FlowFacts;
  slo: FlowSlo;
  usualGapMs: number | null;
  /** The flow was silent before: a restart of those who watch does not end that. */
  wasSilent: boolean;
  /** Why spans say nothing about now; null while they do. */
  stale: Judgement | null;
  now: number;
}

type Rule = (input: RuleInput) => Finding | null;

/** Rules on what the source says now; they hold whether or not spans arrive. */
const BY_TAP: readonly Rule[] = [brokerAlarm, channelState, noConsumer, measuredBacklog, deadLetters, backlogGrowth];
/** In the order in which findings of the same status are preferred. What waits is inferred from spans only where it is not measured. */
const allRules = (backlog: Rule): readonly Rule[] => [brokerAlarm, channelState, noConsumer, errorRate, backlog, silence, deadLetters, backlogGrowth, lateness];

/** The status of one hop: the worst finding of the rules that its facts allow, else why there is nothing to judge, else how it is well. */
export function judgeHop(input: HopInput): Judgement {
  const { observed, now } = input;
  const { hop, tap, isToldByTap } = observed;
  const isBlind = isToldByTap ? tap?.current == null : input.stale !== null;
  const rules = isBlind ? BY_TAP : allRules(tap?.current?.waiting == null ? waiting : measuredBacklog);
  const finding = worstFinding(rules.map((rule) => rule(ruleInput(input))).filter((found) => found !== null));
  if (finding) return { hop, ...finding };
  if (isToldByTap) return notToldByTap(observed) ?? { hop, status: 'healthy', phase: 'settled', rule: 'none', text: wellness(observed, now) };
  return input.stale ?? nothingToJudge(hop) ?? { hop, status: 'healthy', phase: 'settled', rule: 'none', text: wellness(observed, now) };
}

function ruleInput({ observed, facts, slo, usualGapMs, wasSilent, now }: HopInput): RuleInput {
  const { hop, tap, isToldByTap, lastLeftByTap } = observed;
  const known = { hop, slo, now, usualGapMs, tap, lastLeftByTap };
  return isToldByTap
    ? { ...known, knownUntil: Math.min(now, tap?.current?.at ?? now), observingSince: wasSilent ? null : watchedSince(observed) }
    : { ...known, knownUntil: Math.min(now, facts.completeThrough ?? now), observingSince: wasSilent ? null : facts.observingSince };
}

/**
 * Where nothing leaves at all, silence is the better word for being late; it also names what waits. A fault that goes on
 * outranks one of the same status that is over.
 */
function worstFinding(findings: readonly Finding[]): Finding | null {
  const silent = findings.some(({ status }) => status === 'silent');
  const judged = silent ? findings.filter(({ status, rule }) => status !== 'degraded' || rule === 'error-rate' || rule === 'dead-letters') : findings;
  return judged.toSorted((a, b) => severity(a.status) - severity(b.status) || Number(a.phase === 'recovering') - Number(b.phase === 'recovering'))[0] ?? null;
}

export function severity(status: Status): number {
  return STATUSES.indexOf(status);
}

function nothingToJudge(hop: HopFacts): Judgement | null {
  if (hop.lastLeaveAt === null) {
    return hop.minutes.some(({ enters }) => enters > 0)
      ? unknown(hop, 'no-leave-yet', 'messages enter, but none has left yet')
      : unknown(hop, 'no-telemetry', 'no telemetry yet: nothing that matches this contract has been received');
  }
  if (!hop.minutes.some(({ leaves }) => leaves > 0)) return unknown(hop, 'no-history', `nothing left in the last hour, and how often something should is not known (last on ${new Date(hop.lastLeaveAt).toISOString().slice(0, 16).replace('T', ' at ')} UTC)`);
  return null;
}

/** Without spans and without current looks nothing is known; with looks, only what waits and never left is not understood. */
function notToldByTap({ hop, tap, sampledAt }: ObservedHop): Judgement | null {
  if (!tap?.current) {
    const hasNeverLooked = sampledAt === null && !tap?.facts.channel.failing && !tap?.facts.source.failing;
    return hasNeverLooked
      ? unknown(hop, 'no-telemetry', 'no telemetry yet: nothing that matches this contract has been received, and its channel was not looked at yet')
      : unknown(hop, 'stale-tap', tap?.problem ?? 'no data yet');
  }
  const { waiting: count } = tap.current;
  if (count === null) return unknown(hop, 'no-telemetry', `${tap.facts.source.name} does not say what waits, and no telemetry of this hop has been received`);
  return count > 0n && hop.lastLeaveAt === null ? unknown(hop, 'no-leave-yet', 'messages wait, but none was seen leaving yet') : null;
}

export function unknown(hop: HopFacts | null, rule: string, text: string): Judgement {
  return { hop, status: 'unknown', phase: 'settled', rule, text };
}
