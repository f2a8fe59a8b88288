import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { resolveContracts } from '@/server/domain/contracts/resolve-contracts';
import { DEPARTMENTS, FACILITIES, PAYERS, SUPPLIERS } from '../network/places';
import { renderDocument } from './render-document';

const FOLDER = fileURLToPath(new URL('../../contracts', import.meta.url));
const names = (readdirSync(FOLDER, { recursive: true }) as string[]).filter((name) => name.endsWith('.yaml'));
const texts = names.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const);
const resolve = (files: readonly (readonly [string, string])[]) =>
  resolveContracts(files.map(([name, text]) => parseContractFile(name, text)), []);

describe('the contracts of the sandbox', () => {
  it('are valid as written', () => {
    const { documents, problems } = resolve(texts);
    expect(problems).toEqual([]);
    expect(documents).toHaveLength(names.length);
  });

  const rendering = { factor: 60, basePort: 4100, database: { address: '127.0.0.1', port: 5432, name: 'hospital' } };
  const databaseAccess = {
    observer: { user: 'observer', passwordFile: '/credentials/password' },
    operator: { user: 'operator', passwordFile: '/credentials/levers' },
  };
  const broker = { address: '127.0.0.1', port: 5672, amqp: 'amqp://127.0.0.1:5672', management: 'http://127.0.0.1:15672', ...databaseAccess };

  it.each([
    ['without access', rendering], ['with access to the database', { ...rendering, databaseAccess }], ['with a broker', { ...rendering, broker, databaseAccess }],
  ])('are valid as rendered %s', (_, each) => {
    expect(resolve(texts.map(([name, text]) => [name, renderDocument(text, each)] as const)).problems).toEqual([]);
  });

  it('translate every code of the network', () => {
    const entries = Object.fromEntries(
      resolve(texts).documents.flatMap(({ body }) => (body.kind === 'Lookup' ? [[body.metadata.id, Object.keys(body.entries).toSorted()]] : [])),
    );
    const codes = (parties: readonly { code: string }[]) => parties.map(({ code }) => code).toSorted();
    expect(entries).toEqual({
      facilities: codes(FACILITIES), payers: codes(PAYERS), suppliers: codes(SUPPLIERS), departments: codes(DEPARTMENTS),
    });
  });

  it('put every flow into a process', () => {
    const { documents } = resolve(texts);
    const evidenced = documents.flatMap(({ body }) =>
      body.kind === 'Process' ? body.spec.steps.flatMap((step) => step.evidence.flatMap((each) => ('flow' in each ? [each.flow] : []))) : [],
    );
    expect(documents.filter(({ kind }) => kind === 'Flow').map(({ id }) => id).toSorted()).toEqual([...new Set(evidenced)].toSorted());
  });
});
