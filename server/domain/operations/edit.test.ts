import { describe, expect, it } from 'vitest';
import { flowSchema } from '../contracts/flow-schema';
import { approvalFor } from './approval-policy';
import { editProblem } from './edit';
import { createEditVault } from './edit-vault';
import { operationRequest, type RequestOf } from './request';

const ID = '01930000-0000-7000-8000-000000000000';
const TABLE = { source: 'erp', kind: 'table', schema: 'erp', table: 'orders', key: 'id' };

function flow(edit?: unknown, channel: object = { source: 'broker', kind: 'queue', name: 'work' }) {
  return flowSchema.parse({
    apiVersion: 'signalbox/v1', kind: 'Flow', metadata: { id: 'charges', owner: { technical: 'integration-billing' } },
    spec: { path: [{ id: 'outbox', channel }], replay: { class: 'R2', approval: 'none', ...(edit === undefined ? {} : { edit }) } },
  });
}

const allowing = flow({ allowed: ['body:/claim/payer', 'header:x-payer'] });
const channelOf = (contract: ReturnType<typeof flow>) => contract.spec.path[0]!.channel;
const replay = (told: object = {}) => operationRequest.parse({
  kind: 'replay', id: ID, flowId: 'charges', hopId: 'outbox', to: 'queue', selection: { by: 'items', itemKeys: ['a'] }, edit: [{ at: 'body:/claim/payer', to: 'cigna' }], ...told,
}) as RequestOf<'replay'>;

describe('a replay of a changed message', () => {
  it('is possible where the contract names the places', () => {
    expect(editProblem(replay(), allowing, channelOf(allowing))).toBeNull();
    expect(editProblem(replay({ edit: undefined }), flow(), channelOf(allowing))).toBeNull();
  });

  it.each<[string, RequestOf<'replay'>, ReturnType<typeof flow>, string]>([
    ['of a contract that is silent', replay(), flow(), 'edit'],
    ['of another place', replay({ edit: [{ at: 'header:x-payer', to: 'a' }, { at: 'body:/claim/id', to: 'a' }] }), allowing, 'edit.1.at'],
    ['of one place twice', replay({ edit: [{ at: 'header:x-payer', to: 'a' }, { at: 'header:x-payer', to: 'b' }] }), allowing, 'edit'],
    ['of two messages', replay({ selection: { by: 'items', itemKeys: ['a', 'b'] } }), allowing, 'selection'],
    ['of whatever matches', replay({ selection: { by: 'all', failedFrom: '2026-11-27T12:00:00Z', failedUntil: '2026-11-27T13:00:00Z' } }), allowing, 'selection'],
    ['through the exchange', replay({ to: 'exchange' }), allowing, 'to'],
  ])('is refused: %s', (_, request, contract, field) => {
    expect(editProblem(request, contract, channelOf(contract))).toEqual({ field, problem: expect.stringMatching(/./) as string });
  });

  it('is refused for rows of a table', () => {
    const table = flow({ allowed: ['body:/claim/payer'] }, TABLE);
    expect(editProblem(replay(), table, channelOf(table))).toMatchObject({ field: 'edit' });
  });

  it.each([['where the contract says nothing of it', { allowed: ['header:x-payer'] }, 'four-eyes'], ['unless the contract says so', { allowed: ['header:x-payer'], approval: 'none' }, 'none']])('needs a second person %s', (_, edit, needed) => {
    expect(approvalFor(replay(), flow(edit), null).needed).toBe(needed);
  });
});

describe('what a contract may let be changed', () => {
  it.each(['key:2', 'const:x', 'column:payer', 'header:x-death', 'header:X-Signalbox-Item', 'header:CC', 'header:message_id', 'body:claim'])('is not %s', (place) => {
    expect(() => flow({ allowed: [place] })).toThrow(/body:|header:|never changed|selector|JSON Pointer/);
  });
});

describe('the vault', () => {
  const vault = createEditVault(Buffer.alloc(32, 1));
  const changes = [{ at: 'header:x-payer', to: 'cigna' }];

  it('opens what it sealed, for the same operation and under the same secret only', () => {
    const sealed = vault.seal(ID, changes);
    expect(sealed).not.toContain('cigna');
    expect(vault.open(ID, sealed)).toEqual(changes);
    expect(vault.open(`${ID}1`, sealed)).toBeNull();
    expect(createEditVault(Buffer.alloc(32, 2)).open(ID, sealed)).toBeNull();
  });

  it('gives each operation, place and value a digest of its own', () => {
    const digests = [vault.digest(ID, changes[0]!), vault.digest(`${ID}1`, changes[0]!), vault.digest(ID, { at: 'body:/a', to: 'cigna' }), vault.digest(ID, { at: 'header:x-payer', to: 'aetna' }), createEditVault(Buffer.alloc(32, 2)).digest(ID, changes[0]!)];
    expect(new Set(digests).size).toBe(5);
    expect(vault.digest(ID, changes[0]!)).toBe(digests[0]);
  });
});
