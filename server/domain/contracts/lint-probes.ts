/** Rules of what a flow's preconditions ask: a question that can never be answered makes nothing eligible, and nobody would know why. */
import { httpQuestion } from '../operations/preconditions/http-question';
import { sqlQuestion } from '../operations/preconditions/sql-question';
import type { FlowContract, Precondition } from './flow-schema';
import type { Finding } from './rules';

type Probe = NonNullable<Precondition['probe']>;

export function lintProbes({ metadata, spec }: FlowContract): Finding[] {
  return (spec.replay?.preconditions ?? []).flatMap(({ check, probe }, index): Finding[] => {
    const problem = probe === undefined ? '' : problemOf(probe, (name) => Object.hasOwn(spec.fields, name));
    return problem === '' ? [] : [{ rule: 'probe-question', path: ['spec', 'replay', 'preconditions', index, 'probe'], message: `Flow ${metadata.id}: the probe of ${check} ${problem}` }];
  });
}

function problemOf(probe: Probe, isField: (name: string) => boolean): string {
  if ('caseStep' in probe) return '';
  const unknown: string[] = [];
  // Any value that can be asked for: what is left over is wrong with the question itself.
  const sample = (name: string): string => {
    if (!isField(name)) unknown.push(name);
    return 'A1';
  };
  const question = 'http' in probe ? httpQuestion(probe.http, sample) : sqlQuestion(probe.sql, sample);
  if (unknown.length > 0) return `asks by "${unknown[0]}", which is not a field of the flow. Declare it under spec.fields.`;
  if ('problem' in question) return `can never be asked. ${question.problem}.`;
  if (!('http' in probe)) return '';
  const { http, absentWhen, absentSays, openWhen } = probe;
  if (absentWhen === undefined && openWhen === undefined) return 'does not say which answer it wants. Add absentWhen or openWhen.';
  if (absentSays !== undefined && absentWhen === undefined) return 'has absentSays without absentWhen. Name the statuses that mean "absent".';
  if (http.startsWith('HEAD ') && (openWhen !== undefined || absentSays !== undefined)) return 'looks at a body, which HEAD does not bring. Ask with GET.';
  return '';
}
