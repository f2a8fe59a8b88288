import type { FlowFacts, HopFacts } from './flow-facts';
import type { FlowFigures } from './flow-figures';
import type { FlowSlo } from './flow-slo';
import { STATUSES, type Phase, type Status } from './flow-view';
import { figuresOf } from './figures';
import { fiveMinutes, sumOf } from './minutes';
import { errorRate } from './rules/error-rate';
import type { Finding, RuleInput, Unhealthy } from './rules/finding';
import { lateness } from './rules/lateness';
import { silence } from './rules/silence';
import { waiting } from './rules/waiting';
import { usualGapMs } from './usual-gap';
import { counted, durationInWords } from './words';

/** What the evaluation before found; null for the first. Instants are Unix milliseconds. */
export interface PreviousEvaluation {
  status: Status;
  rule: string;
  since: number;
  lastUnhealthyAt: number | null;
  figures: FlowFigures;
}

export interface FlowEvaluation {
  status: Status;
  phase: Phase;
  rule: string;
  reason: string;
  since: number;
  /** When a rule last fired. */
  lastUnhealthyAt: number | null;
  figures: FlowFigures;
}

/** Facts older than this many polls say nothing about now. */
const STALE_POLLS = 3;
/** None of the rules may have fired for this long before a flow is healthy again. */
const HEALTHY_AFTER_MS = 60_000;

interface Judgement {
  hop: HopFacts | null;
  status: Status;
  phase: Phase;
  rule: string;
  text: string;
}

/**
 * The health of a flow from its facts: the worst of its hops, with the rule that decided and its numbers in words.
 * Total and deterministic: any facts give a status, the same facts the same one.
 *
 * @param now Unix milliseconds
 */
export function evaluateFlowHealth(facts: FlowFacts, slo: FlowSlo, previous: PreviousEvaluation | null, now: number): FlowEvaluation {
  const usualGaps = facts.hops.map((hop) => rememberedUsualGap(hop, previous, now));
  // A silence that was known before the receivers restarted goes on; their restart does not end it.
  const judgement = staleness(facts, now) ?? worst(facts.hops.map((hop, i) => judgeHop(hop, { ...facts, observingSince: previous?.status === 'silent' ? null : facts.observingSince }, slo, usualGaps[i] ?? null, now)));
  const fired = isUnhealthy(judgement.status);
  const held = fired || judgement.status === 'unknown' ? judgement : heldBack(judgement, previous, now);
  const hopName = held.hop && facts.hops.length > 1 ? `${held.hop.name}: ` : '';
  return {
    status: held.status,
    phase: held.phase,
    rule: held.rule,
    reason: sentence(`${held.phase === 'recovering' ? 'recovering: ' : ''}${hopName}${held.text}`, held.phase),
    since: previous && previous.status === held.status ? Math.min(previous.since, now) : now,
    lastUnhealthyAt: fired ? now : (previous?.lastUnhealthyAt ?? null),
    figures: figuresOf(facts, usualGaps, judgement.hop, now),
  };
}

function staleness(facts: FlowFacts, now: number): Judgement | null {
  const unknown = (rule: string, text: string): Judgement => ({ hop: null, status: 'unknown', phase: 'settled', rule, text });
  if (facts.completeThrough === null) return unknown('stale-facts', 'the receivers do not report what has arrived, so what happens now is not known; check that the collectors are running');
  const ageMs = now - facts.completeThrough;
  if (ageMs <= STALE_POLLS * facts.pollMs) return null;
  return unknown('stale-facts', `the newest facts are ${durationInWords(ageMs)} old, so what happens now is not known; check collectors and ClickHouse under System health`);
}

function judgeHop(hop: HopFacts, facts: FlowFacts, slo: FlowSlo, usualGap: number | null, now: number): Judgement {
  const input: RuleInput = { hop, slo, now, knownUntil: Math.min(now, facts.completeThrough ?? now), observingSince: facts.observingSince, usualGapMs: usualGap };
  const finding = worstFinding([errorRate(input), waiting(input), silence(input), lateness(input)].filter((found) => found !== null));
  if (finding) return { hop, ...finding };
  return nothingToJudge(hop) ?? { hop, status: 'healthy', phase: 'settled', rule: 'none', text: wellness(hop, now) };
}

/**
 * Where nothing leaves at all, silence is the better word for being late; it also names what waits. A fault that goes on
 * outranks one of the same status that is over.
 */
function worstFinding(findings: readonly Finding[]): Finding | null {
  const silent = findings.some(({ status }) => status === 'silent');
  const judged = silent ? findings.filter(({ status, rule }) => status !== 'degraded' || rule === 'error-rate') : findings;
  return judged.toSorted((a, b) => severity(a.status) - severity(b.status) || Number(a.phase === 'recovering') - Number(b.phase === 'recovering'))[0] ?? null;
}

function nothingToJudge(hop: HopFacts): Judgement | null {
  const unknown = (rule: string, text: string): Judgement => ({ hop, status: 'unknown', phase: 'settled', rule, text });
  if (hop.lastLeaveAt === null) {
    return hop.minutes.some(({ enters }) => enters > 0)
      ? unknown('no-leave-yet', 'messages enter, but none has left yet')
      : unknown('no-telemetry', 'no telemetry yet: nothing that matches this contract has been received');
  }
  if (!hop.minutes.some(({ leaves }) => leaves > 0)) return unknown('no-history', `nothing left in the last hour, and how often something should is not known (last on ${new Date(hop.lastLeaveAt).toISOString().slice(0, 16).replace('T', ' at ')} UTC)`);
  return null;
}

/** The gap as it was usual before a silence: the silence must not become usual by lasting. */
function rememberedUsualGap(hop: HopFacts, previous: PreviousEvaluation | null, now: number): number | null {
  const remembered = previous?.figures.hops.find(({ hopId }) => hopId === hop.hopId)?.usualGapMs ?? null;
  if (hop.lastLeaveAt === null) return remembered;
  const quiet = now - hop.lastLeaveAt > HEALTHY_AFTER_MS;
  const measured = usualGapMs(hop.minutes, hop.lastLeaveAt);
  return quiet ? (remembered ?? measured) : (measured ?? remembered);
}

/** A flow that was unhealthy stays so, as recovering, until no rule has fired for 60 s. */
function heldBack(judgement: Judgement, previous: PreviousEvaluation | null, now: number): Judgement {
  if (!previous || !isUnhealthy(previous.status) || previous.lastUnhealthyAt === null) return judgement;
  const calmMs = now - previous.lastUnhealthyAt;
  if (calmMs < 0 || calmMs >= HEALTHY_AFTER_MS) return judgement;
  return { hop: null, status: previous.status, phase: 'recovering', rule: previous.rule, text: `${WAS[previous.status]}, well for ${durationInWords(calmMs)} (healthy after 60 s); ${judgement.text}` };
}

const WAS: Record<Unhealthy, string> = { failing: 'was failing', degraded: 'was degraded', silent: 'was silent' };

function wellness(hop: HopFacts, now: number): string {
  const window = fiveMinutes(hop.minutes, now);
  const failed = sumOf(window, 'failedAttempts');
  return `${counted(sumOf(window, 'leaves'), 'message')} left in 5 min, ${failed === 0 ? 'none' : failed} failed`;
}

function worst(judgements: readonly Judgement[]): Judgement {
  const [first] = judgements.toSorted((a, b) => severity(a.status) - severity(b.status));
  if (!first) return { hop: null, status: 'unknown', phase: 'settled', rule: 'no-telemetry', text: 'the contract names no hop' };
  // All hops are well: what left the last one is what the flow delivered.
  return first.status === 'healthy' ? { ...judgements.at(-1)!, hop: null } : first;
}

function severity(status: Status): number {
  return STATUSES.indexOf(status);
}

function isUnhealthy(status: Status): status is Unhealthy {
  return status === 'failing' || status === 'degraded' || status === 'silent';
}

/** `recovering: …` is a fixed beginning that people and tests look for; other reasons are sentences. */
function sentence(text: string, phase: Phase): string {
  return phase === 'recovering' ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
