import { parseArgs } from 'node:util';
import type { FaultView } from './control/server';

const USAGE = `Usage:
  npm run sandbox:fault -- list
  npm run sandbox:fault -- on NAME [--target X]
  npm run sandbox:fault -- off NAME
The sandbox must be running; SANDBOX_CONTROL_PORT says where (3100).`;

const controlUrl = `http://127.0.0.1:${process.env['SANDBOX_CONTROL_PORT'] || '3100'}/api/faults`;

async function ask(init?: RequestInit): Promise<FaultView[]> {
  const response = await fetch(controlUrl, init).catch(() => {
    throw new Error(`No sandbox answers at ${controlUrl}. Start it, or set SANDBOX_CONTROL_PORT to its control port.`);
  });
  const answer = (await response.json()) as { faults?: FaultView[]; error?: string };
  if (!response.ok || answer.faults === undefined) throw new Error(answer.error ?? `The sandbox answered ${response.status}`);
  return answer.faults;
}

function change(body: { name: string; on: boolean; target?: string }): Promise<FaultView[]> {
  return ask({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

function print(faults: FaultView[]): void {
  for (const { name, on, target, since, title, effect, targets } of faults) {
    const state = on ? `on since ${since}${target === null ? '' : `, target ${target}`}` : 'off';
    console.log(`${name}: ${state}\n  ${title}. ${effect}`);
    if (targets.length > 0) console.log(`  targets: ${targets.map(({ value }) => value).join(', ')}`);
  }
}

try {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { target: { type: 'string' } } });
  const [verb, name] = positionals;
  if (verb === 'list' && positionals.length === 1) print(await ask());
  else if ((verb === 'on' || verb === 'off') && name !== undefined && positionals.length === 2) {
    const faults = await change(verb === 'on' ? { name, on: true, target: values.target } : { name, on: false });
    print(faults.filter((fault) => fault.name === name));
  } else throw new Error(USAGE);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
