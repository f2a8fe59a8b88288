/** Rules of one flow contract beyond its shape. */
import type { Channel } from './channel';
import type { FlowContract } from './flow-schema';
import { parseDurationMs } from './iso-duration';
import { lintLevers } from './lint-levers';
import { lintProbes } from './lint-probes';
import type { DocumentPath, Finding } from './rules';

const MAX_PHI_RETENTION_MS = 30 * 86_400_000;
const PLAIN_FIELDS = ['facility', 'payer', 'supplier', 'department', 'item', 'amount', 'reason'];

/** Every rule that the flow breaks on its own, whatever other documents say. */
export function lintFlow(flow: FlowContract): Finding[] {
  return [...lintLifecycle(flow), ...lintProtection(flow), ...lintFields(flow), ...lintRecovery(flow), ...lintLevers(flow), ...lintProbes(flow), ...lintPath(flow), ...lintTables(flow)];
}

function lintLifecycle({ metadata, spec }: FlowContract): Finding[] {
  const findings: Finding[] = [];
  const inUse = metadata.lifecycle === 'active' || metadata.lifecycle === 'deprecated';
  const missing = [
    metadata.version === '0.0.0' && 'metadata.version',
    !spec.criticality && 'spec.criticality',
    !metadata.owner.business && 'metadata.owner.business',
    !metadata.owner.technical && 'metadata.owner.technical',
  ].filter((key) => key !== false);
  if (inUse && missing.length > 0) {
    findings.push({ rule: 'active-complete', path: ['metadata', 'lifecycle'], message: `Flow ${metadata.id} is ${metadata.lifecycle} but has no ${missing.join(', ')}. Add it, or make the flow a draft.` });
  }
  if (metadata.lifecycle === 'active' && spec.criticality === 'C1') {
    if (!spec.slo?.backlog?.oldestPage) findings.push({ rule: 'c1-needs-page', path: spec.slo ? ['spec', 'slo'] : ['spec', 'criticality'], message: `Flow ${metadata.id} is C1 and active but no age pages anybody. Add slo.backlog.oldestPage.` });
    if (!metadata.owner.oncall) findings.push({ rule: 'c1-needs-page', path: ['metadata', 'owner'], message: `Flow ${metadata.id} is C1 and active but nobody is on call for it. Add metadata.owner.oncall.` });
  }
  if (metadata.lifecycle === 'deprecated' && !metadata.sunset) {
    findings.push({ rule: 'deprecated-needs-sunset', path: ['metadata', 'lifecycle'], message: `Flow ${metadata.id} is deprecated without an end. Add metadata.sunset.` });
  }
  if (spec.slo && !spec.slo.origin) {
    findings.push({ rule: 'slo-needs-origin', path: ['spec', 'slo'], message: `The service levels of flow ${metadata.id} do not say where they come from. Add slo.origin: regulation, operating-rule, benchmark or design-default.` });
  }
  return findings;
}

function lintProtection({ metadata, spec }: FlowContract): Finding[] {
  if (!spec.phi?.contains) return [];
  const findings: Finding[] = [];
  if (!spec.phi.maskProfile) findings.push({ rule: 'phi-needs-mask', path: ['spec', 'phi'], message: `Flow ${metadata.id} carries protected health information but names no mask profile. Add phi.maskProfile.` });
  const retention = spec.phi.payloadRetention;
  if (!retention || (parseDurationMs(retention) ?? Infinity) > MAX_PHI_RETENTION_MS) {
    findings.push({ rule: 'phi-retention', path: ['spec', 'phi', 'payloadRetention'], message: `Flow ${metadata.id} carries protected health information: phi.payloadRetention must be at most P30D${retention ? `, not ${retention}` : ''}.` });
  }
  return findings;
}

function lintFields({ metadata, spec }: FlowContract): Finding[] {
  const findings: Finding[] = [];
  const named: [DocumentPath, readonly string[]][] = [
    [['spec', 'idempotency', 'key'], spec.idempotency?.key ?? []],
    [['spec', 'replay', 'orderKey'], spec.replay?.orderKey ?? []],
  ];
  for (const [path, names] of named) {
    names.forEach((name, index) => {
      if (!Object.hasOwn(spec.fields, name)) findings.push({ rule: 'idempotency-key-field', path: [...path, index], message: `${path.slice(1).join('.')} names "${name}", which is not a field of flow ${metadata.id}. Declare it under spec.fields.` });
    });
  }
  const caseFields = Object.keys(spec.fields).filter((name) => spec.fields[name]?.case);
  for (const name of caseFields.slice(1)) {
    findings.push({ rule: 'single-case-field', path: ['spec', 'fields', name, 'case'], message: `Flow ${metadata.id} already has the case key "${caseFields[0]}"; "${name}" cannot be a second one.` });
  }
  for (const [name, field] of Object.entries(spec.fields)) {
    const path = ['spec', 'fields', name];
    if (field.token && PLAIN_FIELDS.includes(name)) findings.push({ rule: 'field-token', path: [...path, 'token'], message: `Field "${name}" of flow ${metadata.id} is used for grouping or sums and cannot be a token.` });
    if (field.currency && name !== 'amount') findings.push({ rule: 'field-unknown-option', path: [...path, 'currency'], message: `Only the field "amount" has a currency, not "${name}".` });
    if (field.lookup && (name === 'amount' || name === 'reason' || field.token)) findings.push({ rule: 'field-unknown-option', path: [...path, 'lookup'], message: `Field "${name}" of flow ${metadata.id} cannot have a lookup${name === 'reason' ? '; list native values under deadLetter.reasons' : ''}.` });
    if (name === 'amount' && !field.currency) findings.push({ rule: 'field-unknown-option', path, message: `The amount of flow ${metadata.id} needs a currency, e.g. currency: USD.` });
  }
  return findings;
}

function lintRecovery({ metadata, spec }: FlowContract): Finding[] {
  const findings: Finding[] = [];
  const { replay, reroute, deadLetter } = spec;
  if (replay?.class === 'R0' && replay.approval !== 'forbidden') {
    findings.push({ rule: 'replay-r0-forbidden', path: ['spec', 'replay', 'approval'], message: `Flow ${metadata.id} is never replayed (R0): approval must be forbidden, not ${replay.approval}.` });
  }
  if (replay?.class === 'R1') {
    if (!replay.preconditions?.length) findings.push({ rule: 'replay-r1-guarded', path: ['spec', 'replay'], message: `Flow ${metadata.id} has guarded replay (R1) but nothing to check first. Add replay.preconditions.` });
    if (!replay.maxBatch) findings.push({ rule: 'replay-r1-guarded', path: ['spec', 'replay'], message: `Flow ${metadata.id} has guarded replay (R1) without a limit. Add replay.maxBatch.` });
  }
  if (reroute?.allowed && !reroute.alternates?.length) {
    findings.push({ rule: 'reroute-needs-alternate', path: ['spec', 'reroute'], message: `Flow ${metadata.id} may be rerouted but says not where to. Add reroute.alternates, or set allowed: false.` });
  }
  if (deadLetter) {
    const path = ['spec', 'deadLetter', 'reasons'];
    if (!deadLetter.reasons.some(({ code }) => code === 'UNCLASSIFIED')) findings.push({ rule: 'dead-letter-unclassified', path, message: `The dead-letter reasons of flow ${metadata.id} do not include UNCLASSIFIED, so an unknown failure would go to nobody. Add it with a route.` });
    const seen = new Set<string>();
    deadLetter.reasons.forEach((reason, index) => {
      for (const value of new Set([reason.code, ...(reason.native ?? [])])) {
        if (seen.has(value)) findings.push({ rule: 'dead-letter-unclassified', path: [...path, index], message: `The dead-letter reason "${value}" of flow ${metadata.id} occurs twice.` });
        seen.add(value);
      }
    });
  }
  return findings;
}

function lintPath({ metadata, spec }: FlowContract): Finding[] {
  const lists: [DocumentPath, string, readonly { id: string }[]][] = [
    [['spec', 'path'], 'hop', spec.path],
    [['spec', 'reroute', 'alternates'], 'alternate', spec.reroute?.alternates ?? []],
  ];
  return lists.flatMap(([path, word, items]) => items.flatMap((item, index): Finding[] => {
    if (items.findIndex(({ id }) => id === item.id) === index) return [];
    return [{ rule: 'duplicate-hop', path: [...path, index, 'id'], message: `Flow ${metadata.id} has two entries with the ${word} id "${item.id}".` }];
  }));
}

function lintTables({ metadata, spec }: FlowContract): Finding[] {
  const channels: [DocumentPath, Channel][] = [
    ...spec.path.map(({ channel }, index): [DocumentPath, Channel] => [['spec', 'path', index, 'channel'], channel]),
    ...(spec.reroute?.alternates ?? []).map(({ channel }, index): [DocumentPath, Channel] => [['spec', 'reroute', 'alternates', index, 'channel'], channel]),
  ];
  return channels.flatMap(([path, channel]): Finding[] => {
    if (channel.kind !== 'table' || !channel.where) return [];
    const at = { rule: 'table-where' as const, path: [...path, 'where'] };
    if (!channel.status) return [{ ...at, message: `Flow ${metadata.id}: "where" chooses rows of ${channel.table}, but without "status" no rows are read. Add status, or tell spans apart with "when".` }];
    if (Object.hasOwn(channel.where, channel.status.column)) return [{ ...at, message: `Flow ${metadata.id}: "where" names the status column "${channel.status.column}", so rows would leave the flow as they are processed. Remove it.` }];
    return [];
  });
}
