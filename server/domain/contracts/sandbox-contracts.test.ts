import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileMapper } from '../mapping/compile-mapper';
import { parseContractFile } from './parse-contract-file';
import { resolveContracts } from './resolve-contracts';

const DIR = fileURLToPath(new URL('../../../contracts', import.meta.url));
const files = readdirSync(DIR, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));

describe("the sandbox's contracts", () => {
  it('break no rule and compile', () => {
    const { set, problems } = resolveContracts(files.map((name) => parseContractFile(name, readFileSync(join(DIR, name), 'utf8'))), []);
    expect(problems).toEqual([]);
    expect(set.flows.length).toBeGreaterThanOrEqual(10);
    expect(set.processes.length).toBeGreaterThanOrEqual(3);
    const mapper = compileMapper(set, { tokenKey: Buffer.alloc(32, 1), tokenKeyId: 'k1' });
    expect(mapper.tokenKeys.size).toBeGreaterThan(0);
  });
});
