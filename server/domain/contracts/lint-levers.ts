/** Rules of what a flow allows its levers: the cooperative gate, reroutes and their end, stages of an outcome. */
import { httpQuestion } from '../operations/preconditions/http-question';
import { sqlQuestion } from '../operations/preconditions/sql-question';
import type { FlowContract } from './flow-schema';
import { durationMs } from './iso-duration';
import type { DocumentPath, Finding } from './rules';

const MAX_OUTCOME_MS = 180 * 86_400_000;
/** Bounds as ISO 8601. A client waits up to 25 s for one answer, and telemetry of the last seconds may still be with its sender. */
const MAX_STALE = ['PT30S', 'P1D'] as const;
const VERIFY_AFTER = ['PT10S', 'PT1H'] as const;
const REROUTE = ['PT1M', 'P30D'] as const;

export function lintLevers(flow: FlowContract): Finding[] {
  return [...lintGate(flow), ...lintReroute(flow), ...lintEdit(flow), ...lintStages(flow)];
}

function lintGate({ metadata, spec }: FlowContract): Finding[] {
  const gate = spec.pause?.gate;
  if (!gate) return [];
  const path = ['spec', 'pause', 'gate'];
  const findings: Finding[] = [];
  const report = (message: string, at: DocumentPath = path) => findings.push({ rule: 'pause-gate', path: at, message });
  if (!spec.pause?.allowed) report(`Flow ${metadata.id} has a gate but may not be paused. Remove pause.gate, or set pause.allowed: true.`);
  if (!spec.path.some(({ channel }) => channel.kind === 'route')) report(`Flow ${metadata.id} has a gate but no hop over a route: nothing of it asks the gate. Remove pause.gate; queues and tables have levers of their own.`);
  for (const [key, bounds, why] of [['maxStale', MAX_STALE, 'so long a client keeps to an old answer'], ['verifyAfter', VERIFY_AFTER, 'so long nothing may pass before a hold counts as verified']] as const) {
    if (isOutside(gate[key], bounds)) report(`pause.gate.${key} of flow ${metadata.id} must be between ${bounds[0]} and ${bounds[1]}, not ${gate[key]}: ${why}.`, [...path, key]);
  }
  return findings;
}

function lintReroute(flow: FlowContract): Finding[] {
  return [...lintDuration(flow), ...lintEnrolments(flow), ...lintPrimaryProbe(flow)];
}

function lintDuration({ metadata, spec }: FlowContract): Finding[] {
  const longest = spec.reroute?.maxDuration;
  if (longest === undefined || !isOutside(longest, REROUTE)) return [];
  return [{ rule: 'reroute-max-duration', path: ['spec', 'reroute', 'maxDuration'], message: `reroute.maxDuration of flow ${metadata.id} must be between ${REROUTE[0]} and ${REROUTE[1]}, not ${longest}. For longer, change the contract's path.` }];
}

function lintEnrolments({ metadata, spec }: FlowContract): Finding[] {
  return (spec.reroute?.alternates ?? []).flatMap((alternate, index) => (alternate.enrolments ?? []).flatMap(({ payer, facility, from, until }, entry): Finding[] => {
    const at = { rule: 'alternate-enrolments' as const, path: ['spec', 'reroute', 'alternates', index, 'enrolments', entry] };
    if (payer === undefined && facility === undefined) return [{ ...at, message: `Flow ${metadata.id}: an enrolment at alternate "${alternate.id}" names nobody. Give payer or facility, or leave enrolments out where everybody is enrolled.` }];
    if (until !== undefined && until < from) return [{ ...at, message: `Flow ${metadata.id}: an enrolment at alternate "${alternate.id}" ends (${until}) before it begins (${from}).` }];
    return [];
  }));
}

function lintPrimaryProbe({ metadata, spec }: FlowContract): Finding[] {
  const probe = spec.reroute?.primaryProbe;
  if (probe === undefined) return [];
  const report = (message: string): Finding[] => [{ rule: 'primary-probe', path: ['spec', 'reroute', 'primaryProbe'], message: `Flow ${metadata.id}: the probe of the primary ${message}` }];
  if ('consumers' in probe) return spec.path.some(({ channel }) => channel.kind === 'queue') ? [] : report('counts consumers, and the path has no queue. Ask by http or by sql.');
  const question = 'http' in probe ? httpQuestion(probe.http, () => undefined) : sqlQuestion(probe.sql, () => undefined);
  if ('problem' in question) return report(/\{[a-z]/.test('http' in probe ? probe.http : probe.sql) ? 'holds a {field}: it is about no single message. Ask for the state of the primary.' : `can never be asked. ${question.problem}.`);
  return 'http' in probe && probe.http.startsWith('HEAD ') && probe.openWhen !== undefined ? report('looks at a body, which HEAD does not bring. Ask with GET.') : [];
}

function lintEdit({ metadata, spec: { replay } }: FlowContract): Finding[] {
  if (replay?.edit === undefined || (replay.class !== 'R0' && replay.approval !== 'forbidden')) return [];
  const why = replay.class === 'R0' ? 'is of class R0, whose messages are never replayed' : 'forbids to replay its messages (approval: forbidden)';
  return [{ rule: 'replay-edit', path: ['spec', 'replay', 'edit'], message: `Flow ${metadata.id} names what may be changed before a replay, and ${why}. Remove replay.edit, or allow the replay.` }];
}

function lintStages({ metadata, spec }: FlowContract): Finding[] {
  const confirm = spec.replay?.confirm;
  if (!confirm || !('stages' in confirm)) return [];
  const { stages } = confirm;
  return stages.flatMap((stage, index): Finding[] => {
    const path = ['spec', 'replay', 'confirm', 'stages', index];
    const before = stages[index - 1];
    const findings: Finding[] = [];
    if (stages.findIndex(({ name }) => name === stage.name) !== index) findings.push({ rule: 'outcome-stages', path: [...path, 'name'], message: `Flow ${metadata.id} has two outcome stages with the name "${stage.name}".` });
    if (before && durationMs(stage.within) < durationMs(before.within)) findings.push({ rule: 'outcome-stages', path: [...path, 'within'], message: `Flow ${metadata.id}: the outcome stage "${stage.name}" is due within ${stage.within}, before "${before.name}" (${before.within}). Deadlines count from the sending: put the stages in order.` });
    if (durationMs(stage.within) > MAX_OUTCOME_MS) findings.push({ rule: 'outcome-stages', path: [...path, 'within'], message: `Flow ${metadata.id}: the outcome stage "${stage.name}" is due within ${stage.within}; at most 180 days are watched.` });
    return findings;
  });
}

function isOutside(duration: string, [least, most]: readonly [string, string]): boolean {
  const ms = durationMs(duration);
  return ms < durationMs(least) || ms > durationMs(most);
}
