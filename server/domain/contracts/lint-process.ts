/** Rules of one process beyond its shape: its steps form a graph without circles. */
import type { ProcessContract, ProcessStep } from './process-schema';
import type { DocumentPath, Finding } from './rules';

/** Every rule that the process breaks on its own, whatever other documents say. */
export function lintProcess({ metadata, spec }: ProcessContract): Finding[] {
  return [
    ...lintSteps(`Process ${metadata.id}`, ['spec', 'steps'], spec.steps),
    ...spec.variants.flatMap((variant, index) => lintSteps(`Variant ${variant.id} of process ${metadata.id}`, ['spec', 'variants', index, 'steps'], variant.steps)),
  ];
}

function lintSteps(owner: string, path: DocumentPath, steps: readonly ProcessStep[]): Finding[] {
  const findings: Finding[] = [];
  const byId = new Map<string, ProcessStep>();
  steps.forEach((step, index) => {
    if (byId.has(step.id)) findings.push({ rule: 'duplicate-step', path: [...path, index, 'id'], message: `${owner} has two steps with the id "${step.id}".` });
    else byId.set(step.id, step);
  });
  steps.forEach((step, index) => {
    step.after.forEach((before, position) => {
      if (!byId.has(before)) findings.push({ rule: 'step-unknown', path: [...path, index, 'after', position], message: `${owner}: step "${step.id}" comes after "${before}", which is not a step here.` });
    });
  });
  const circle = findCircle(byId);
  if (circle) {
    const index = steps.findIndex(({ id }) => id === circle[0]);
    findings.push({ rule: 'step-cycle', path: [...path, index, 'after'], message: `${owner}: steps wait for each other in a circle: ${circle.join(' → ')}.` });
  }
  return findings;
}

/** The first circle in "after" order, closed by its first step; null when there is none. Iterative: depth is the author's. */
function findCircle(steps: ReadonlyMap<string, ProcessStep>): string[] | null {
  const settled = new Set<string>();
  for (const start of steps.keys()) {
    const trail: { id: string; next: number }[] = [{ id: start, next: 0 }];
    const onTrail = new Set([start]);
    for (let current = trail.at(-1); current; current = trail.at(-1)) {
      const before = settled.has(current.id) ? undefined : steps.get(current.id)?.after[current.next++];
      if (before === undefined) {
        settled.add(current.id);
        onTrail.delete(current.id);
        trail.pop();
      } else if (onTrail.has(before)) {
        const ids = trail.map(({ id }) => id);
        return [...ids.slice(ids.indexOf(before)), before].toReversed();
      } else if (steps.has(before)) {
        trail.push({ id: before, next: 0 });
        onTrail.add(before);
      }
    }
  }
  return null;
}
