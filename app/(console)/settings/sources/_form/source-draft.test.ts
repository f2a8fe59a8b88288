import { describe, expect, it } from 'vitest';
import { sourceInput } from '@/server/domain/sources/source-input';
import type { SourceView } from '@/server/services/sources/source-view';
import { problemOf, problemsOfInput, problemsOfRefusal } from './field-problems';
import { draftOf, emptyDraft, inputOf, slugOf, type SourceDraft } from './source-draft';

const SYSTEMS = [{ id: 'erp', name: 'Enterprise ERP' }];

function rabbit(over: Partial<SourceDraft> = {}): SourceDraft {
  return { ...emptyDraft('rabbitmq'), name: 'Claims broker', system: 'Claims', management: 'https://broker.internal:15671', observeUser: 'signalbox', observePassword: 'p', ...over };
}

function problems(draft: SourceDraft) {
  const parsed = sourceInput.safeParse(inputOf(draft, SYSTEMS));
  return parsed.success ? {} : problemsOfInput(parsed.error);
}

describe('what the form asks for', () => {
  it('is a source that the server takes', () => {
    expect(sourceInput.parse(inputOf(rabbit({ vhosts: '/\nclaims\n\n', ca: '' }), SYSTEMS))).toMatchObject({
      id: 'claims-broker', kind: 'rabbitmq', system: { id: 'claims', name: 'Claims' }, levers: null,
      settings: { management: 'https://broker.internal:15671', vhosts: ['/', 'claims'], pollSeconds: 5 },
    });
  });

  it('names a known system by its id', () => {
    expect(inputOf(rabbit({ system: 'Enterprise ERP' }), SYSTEMS).system).toEqual(SYSTEMS[0]);
  });

  it('is observe-only until credentials for levers are wanted', () => {
    expect(inputOf(rabbit({ leverUser: 'ops', leverPassword: 'p' }), SYSTEMS).levers).toBeNull();
    expect(inputOf(rabbit({ hasLevers: true, leverUser: 'ops', leverPassword: 'p' }), SYSTEMS).levers).toEqual({ user: 'ops', password: 'p' });
  });

  it('is not tapped without a user', () => {
    expect(inputOf(rabbit({ observeUser: '', observePassword: '' }), SYSTEMS).observe).toBeNull();
  });
});

describe('the form of a source that exists', () => {
  const source: SourceView = {
    id: 'erp-db', name: 'ERP database', system: { id: 'erp', name: 'Enterprise ERP' }, kind: 'postgres', origin: 'console', file: null, enabled: true,
    settings: { host: 'erp-db', port: 5433, database: 'erp', schemas: ['inventory', 'billing'], encryption: 'require', pollSeconds: 10 },
    match: [], observeUser: 'signalbox', leverUser: null, revision: 3, updatedBy: null, updatedAt: null, flows: [],
    tap: { status: 'ok', summary: '', lastSuccessAt: null, latencyMs: null, rows: null, lastError: null, instance: null, detail: {}, reportedAt: null },
  };

  it('asks for the same source again when nothing was changed, with the stored password', () => {
    expect(sourceInput.parse(inputOf(draftOf(source), SYSTEMS))).toMatchObject({ id: 'erp-db', settings: source.settings, observe: { user: 'signalbox', password: '' } });
  });
});

describe('problems', () => {
  it.each(['broker', 'broker:15671', '', 'https://user:secret@broker'])('of the address %j stand at it', (management) => {
    expect(problems(rabbit({ management }))['settings.management']).toMatch(/^must (be an address|not carry a user)/);
  });

  it('stand at their fields', () => {
    const found = problems({ ...rabbit({ management: 'broker:15671', pollSeconds: 'often', name: ' ' }), id: 'Claims Broker' });
    expect(found['settings.management']).toContain('must be an address');
    expect(found['settings.pollSeconds']).toBe('must be a whole number');
    expect(found.name).toBe('must not be empty');
    expect(found.id).toContain('is not an id');
  });

  it('of an entry stand at its list', () => {
    expect(problemOf({ 'settings.vhosts.1': 'is too long' }, 'settings.vhosts')).toBe('is too long');
    expect(problemOf({ 'settings.vhosts.1': 'is too long' }, 'settings.vhost')).toBeUndefined();
  });

  it('come from the server as well', () => {
    const refusal = Object.assign(new Error('x'), { data: { issues: [{ field: 'observe.password', file: null, line: null, rule: null, message: 'must be entered again' }, { field: null, file: null, line: 3, rule: 'invalid-value', message: 'y' }] } });
    expect(problemsOfRefusal(refusal)).toEqual({ 'observe.password': 'must be entered again' });
    expect(problemsOfRefusal(new Error('x'))).toEqual({});
  });
});

it.each([
  ['Claims broker', 'claims-broker'],
  ['  Überweisungs-DB (Süd) ', 'uberweisungs-db-sud'],
  ['a'.repeat(47) + ' b', 'a'.repeat(47)],
])('the id of %s', (name, id) => expect(slugOf(name)).toBe(id));
