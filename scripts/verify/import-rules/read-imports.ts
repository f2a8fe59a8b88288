import { parseSync, Visitor } from 'oxc-parser';

/** One import, re-export or dynamic import as written in a file. */
export interface ImportStatement {
  specifier: string;
  /** Erased when compiled: nothing of the target runs. */
  typeOnly: boolean;
}

export interface ModuleImports {
  imports: ImportStatement[];
  /** The file begins with `'use client'`: what it imports goes into the browser bundle. */
  client: boolean;
}

/**
 * Reads what a TypeScript or JavaScript module imports.
 * @throws Error that names the file when it does not parse
 */
export function readImports(path: string, source: string): ModuleImports {
  const { module, program, errors } = parseSync(path, source);
  const error = errors[0];
  if (error) throw new Error(`${path} does not parse: ${error.message}`);

  const imports: ImportStatement[] = module.staticImports.map(({ moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }));
  for (const { moduleRequest, isType } of module.staticExports.flatMap((statement) => statement.entries)) {
    if (moduleRequest) imports.push({ specifier: moduleRequest.value, typeOnly: isType });
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(source.slice(moduleRequest.start, moduleRequest.end));
    if (literal?.[2]) imports.push({ specifier: literal[2], typeOnly: false });
  }
  new Visitor({
    TSImportType: ({ source: target }) => imports.push({ specifier: target.value, typeOnly: true }),
  }).visit(program);

  const first = program.body[0];
  const client = first?.type === 'ExpressionStatement' && 'directive' in first && first.directive === 'use client';
  return { imports, client };
}
