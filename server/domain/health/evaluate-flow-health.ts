import type { FlowFacts, HopFacts } from './flow-facts';
import type { FlowFigures } from './flow-figures';
import type { FlowSlo } from './flow-slo';
import type { Phase, Status } from './flow-view';
import { figuresOf } from './figures';
import { judgeHop, severity, unknown, type Judgement } from './judge-hop';
import { observe } from './observed-hop';
import type { Unhealthy } from './rules/finding';
import { usualGapMs } from './usual-gap';
import { durationInWords } from './words';

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

/**
 * The health of a flow from its facts: the worst of its hops, with the rule that decided and its numbers in words.
 * Total and deterministic: any facts give a status, the same facts the same one.
 *
 * @param now Unix milliseconds
 */
export function evaluateFlowHealth(facts: FlowFacts, slo: FlowSlo, previous: PreviousEvaluation | null, now: number): FlowEvaluation {
  const rememberedOf = (hop: HopFacts) => previous?.figures.hops.find(({ hopId }) => hopId === hop.hopId) ?? null;
  const observed = facts.hops.map((hop) => observe(hop, rememberedOf(hop), now));
  const usualGaps = observed.map(({ hop }) => rememberedUsualGap(hop, rememberedOf(hop)?.usualGapMs ?? null, now));
  const stale = staleness(facts, now);
  const judgement = worst(observed.map((one, i) => judgeHop({ observed: one, facts, slo, usualGapMs: usualGaps[i] ?? null, wasSilent: previous?.status === 'silent', stale, now })), stale);
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
    figures: figuresOf(facts, observed, usualGaps, judgement.hop, now),
  };
}

/** Spans that are not known up to now say nothing about it. */
function staleness(facts: FlowFacts, now: number): Judgement | null {
  if (facts.completeThrough === null) return unknown(null, 'stale-facts', 'the receivers do not report what has arrived, so what happens now is not known; check that the collectors are running');
  const ageMs = now - facts.completeThrough;
  if (ageMs <= STALE_POLLS * facts.pollMs) return null;
  return unknown(null, 'stale-facts', `the newest facts are ${durationInWords(ageMs)} old, so what happens now is not known; check collectors and ClickHouse under System health`);
}

/** The gap as it was usual before a silence: the silence must not become usual by lasting. */
function rememberedUsualGap(hop: HopFacts, remembered: number | null, now: number): number | null {
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

function worst(judgements: readonly Judgement[], stale: Judgement | null): Judgement {
  const [first] = judgements.toSorted((a, b) => severity(a.status) - severity(b.status));
  if (!first) return stale ?? unknown(null, 'no-telemetry', 'the contract names no hop');
  // All hops are well: what left the last one is what the flow delivered.
  return first.status === 'healthy' ? { ...judgements.at(-1)!, hop: null } : first;
}

function isUnhealthy(status: Status): status is Unhealthy {
  return status === 'failing' || status === 'degraded' || status === 'silent';
}

/** `recovering: …` is a fixed beginning that people and tests look for; other reasons are sentences. */
function sentence(text: string, phase: Phase): string {
  return phase === 'recovering' ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
