import type { Product, Role } from './product';

const ROLES: readonly Role[] = ['admin', 'noc', 'engineer', 'approver', 'viewer', 'finance', 'supply', 'auditor'];

/**
 * Reads addresses and accounts from what `npm run up` prints.
 * @returns null until everything has started
 */
export function readWelcome(output: string): Product | null {
  const url = /^\s*Open\s+(http\S+)/m.exec(output)?.[1];
  const sandboxUrl = /^\s*Sandbox\s+(http\S+)/m.exec(output)?.[1];
  const otlpUrl = /^\s*Telemetry\s+(http\S+)/m.exec(output)?.[1];
  const dataDir = /^\s*Data\s+(\S.*)$/m.exec(output)?.[1];
  if (url === undefined || sandboxUrl === undefined || otlpUrl === undefined || dataDir === undefined || !/^\s*Stop\s/m.test(output)) return null;
  const accounts = [...output.matchAll(/(\S+@\S+)\s+(\S+)\s+(\w+)$/gm)].flatMap(([, email, password, role]) => {
    const known = ROLES.find((name) => name === role);
    return known === undefined ? [] : [{ email: email!, password: password!, role: known }];
  });
  return { url, sandboxUrl, otlpUrl, dataDir, accounts };
}
