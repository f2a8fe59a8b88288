import { posix } from 'node:path';
import { isBuiltin } from 'node:module';
import { readImports } from './read-imports';

/** An import whose target is known: a file of ours by its path, or a package or Node module by its specifier. */
export interface Edge {
  from: string;
  to: string;
  internal: boolean;
  typeOnly: boolean;
}

/** What every file imports. Paths are relative to the repository root, with forward slashes. */
export interface ModuleGraph {
  edges: Map<string, Edge[]>;
  /** Files that begin with `'use client'`. */
  client: Set<string>;
  /** Imports of our own files that lead nowhere. */
  unresolved: { from: string; specifier: string }[];
}

const EXTENSIONS = ['', '.ts', '.tsx', '.mts', '.mjs', '.d.ts', '.d.mts', '/index.ts', '/index.tsx'];
/** Files that are imported but hold no modules. */
const ASSET = /\.(css|svg|json|yaml|sql)$/;

/** Builds the graph from file texts by path, so that it can be tested without a disk. */
export function buildModuleGraph(files: ReadonlyMap<string, string>): ModuleGraph {
  const graph: ModuleGraph = { edges: new Map(), client: new Set(), unresolved: [] };
  for (const [path, source] of files) {
    const { imports, client } = readImports(path, source);
    if (client) graph.client.add(path);
    const edges: Edge[] = [];
    for (const { specifier, typeOnly } of imports) {
      const base = ownPath(path, specifier);
      if (base === undefined) {
        edges.push({ from: path, to: packageTarget(specifier), internal: false, typeOnly });
        continue;
      }
      const to = EXTENSIONS.map((extension) => base + extension).find((candidate) => files.has(candidate));
      if (to !== undefined) edges.push({ from: path, to, internal: true, typeOnly });
      else if (!ASSET.test(base)) graph.unresolved.push({ from: path, specifier });
    }
    graph.edges.set(path, edges);
  }
  return graph;
}

function ownPath(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('@/')) return posix.normalize(specifier.slice(2));
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  return undefined;
}

/** One spelling for Node's own modules, with or without the prefix. */
function packageTarget(specifier: string): string {
  return isBuiltin(specifier) && !specifier.startsWith('node:') ? `node:${specifier}` : specifier;
}
