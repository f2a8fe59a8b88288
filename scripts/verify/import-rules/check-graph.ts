import type { Edge, ModuleGraph } from './module-graph';
import { IMPORT_RULES } from './rules';

/** One broken rule: where, and what it says. */
export interface Violation {
  rule: string;
  message: string;
}

export const CLIENT_RULE = 'the browser gets no server code but server/domain';
export const CYCLE_RULE = 'no cycles';
export const RESOLVE_RULE = 'every import of ours leads to a file';

/** Judges every import of the graph; an empty list means that all rules hold. */
export function checkGraph(graph: ModuleGraph): Violation[] {
  const edges = [...graph.edges.values()].flat();
  return [
    ...graph.unresolved.map(({ from, specifier }) => ({
      rule: RESOLVE_RULE,
      message: `${from} imports ${specifier}, which is no file here`,
    })),
    ...IMPORT_RULES.flatMap((rule) =>
      edges
        .filter((edge) => rule.breaks(edge))
        .map(({ from, to }) => ({ rule: rule.name, message: `${from} imports ${to} (${rule.because})` })),
    ),
    ...serverCodeInBrowser(graph),
    ...cycles(graph).map((files) => ({ rule: CYCLE_RULE, message: [...files, files[0]].join(' → ') })),
  ];
}

/** Follows what runs from every client component: types are erased, everything else is bundled for the browser. */
function serverCodeInBrowser(graph: ModuleGraph): Violation[] {
  const violations: Violation[] = [];
  const seen = new Set(graph.client);
  const pending = [...graph.client];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    for (const edge of runtimeEdges(graph, file)) {
      if (isServerOnly(edge, graph.client)) {
        violations.push({ rule: CLIENT_RULE, message: `${edge.from} runs in the browser and imports ${edge.to}` });
      } else if (edge.internal && !seen.has(edge.to)) {
        seen.add(edge.to);
        pending.push(edge.to);
      }
    }
  }
  return violations;
}

function isServerOnly({ to, internal }: Edge, client: ReadonlySet<string>): boolean {
  if (!internal) return to.startsWith('node:') || to === 'server-only';
  return to.startsWith('server/') && !to.startsWith('server/domain/') && !client.has(to);
}

/** Tarjan's strongly connected components over the imports that run. */
function cycles(graph: ModuleGraph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];

  const visit = (file: string): void => {
    const index = order.size;
    order.set(file, index);
    lowest.set(file, index);
    stack.push(file);
    for (const { to, internal } of runtimeEdges(graph, file)) {
      if (!internal) continue;
      if (!order.has(to)) visit(to);
      if (stack.includes(to)) lowest.set(file, Math.min(lowest.get(file) ?? index, lowest.get(to) ?? index));
    }
    if (lowest.get(file) !== index) return;
    const component = stack.splice(stack.indexOf(file));
    const importsItself = runtimeEdges(graph, file).some(({ to }) => to === file);
    if (component.length > 1 || importsItself) found.push(component);
  };

  for (const file of graph.edges.keys()) if (!order.has(file)) visit(file);
  return found;
}

function runtimeEdges(graph: ModuleGraph, file: string): Edge[] {
  return (graph.edges.get(file) ?? []).filter((edge) => !edge.typeOnly);
}
