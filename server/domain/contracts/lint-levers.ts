/** Rules of what a flow allows its levers: the cooperative gate, reroutes in time, stages of an outcome. */
import type { FlowContract } from './flow-schema';
import { durationMs } from './iso-duration';
import type { DocumentPath, Finding } from './rules';

const MAX_OUTCOME_MS = 180 * 86_400_000;
/** Bounds as ISO 8601. A client waits up to 25 s for one answer, and telemetry of the last seconds may still be with its sender. */
const MAX_STALE = ['PT30S', 'P1D'] as const;
const VERIFY_AFTER = ['PT10S', 'PT1H'] as const;
const REROUTE = ['PT1M', 'P30D'] as const;

export function lintLevers(flow: FlowContract): Finding[] {
  return [...lintGate(flow), ...lintReroute(flow), ...lintStages(flow)];
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

function lintReroute({ metadata, spec }: FlowContract): Finding[] {
  const longest = spec.reroute?.maxDuration;
  if (longest === undefined || !isOutside(longest, REROUTE)) return [];
  return [{ rule: 'reroute-max-duration', path: ['spec', 'reroute', 'maxDuration'], message: `reroute.maxDuration of flow ${metadata.id} must be between ${REROUTE[0]} and ${REROUTE[1]}, not ${longest}. For longer, change the contract's path.` }];
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
