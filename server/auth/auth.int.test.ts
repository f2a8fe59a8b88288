import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handleTrpc } from '@/server/api/handle-trpc';
import { handleRest } from '@/server/api/rest/handle-rest';
import { makePerson, startWebUnderTest, type WebUnderTest } from '@/server/api/testing/web-process';
import { signInWithIdentity } from '@/server/services/sign-in/sign-in-with-identity';
import { signInWithPassword } from '@/server/services/sign-in/sign-in-with-password';
import { disableUser } from '@/server/services/users/disable-user';
import { ensureFirstRunUsers } from '@/server/services/users/ensure-first-run-users';
import { resetPassword } from '@/server/services/users/reset-password';
import { parseRoleMap } from './identity-provider';
import { authOptions } from './options';
import { sessionCookieName, sessionSecret } from './session-cookie';

let web: WebUnderTest;
beforeAll(async () => {
  web = await startWebUnderTest();
});
afterAll(() => web.close());

async function cookieOf(userId: string, signedInAgoS = 0): Promise<string> {
  const token = await encode({ token: { sub: userId, signedInAt: Math.floor(Date.now() / 1000) - signedInAgoS }, secret: sessionSecret() });
  return `${sessionCookieName()}=${token}`;
}

const flowsAs = (cookie: string) => handleRest(new Request('http://signalbox.test/api/v1/flows', { headers: { cookie } }));
const signIn = (email: string, password: string, told: { address?: string; at?: Date } = {}) =>
  signInWithPassword(web.db, { email, password, address: told.address ?? '10.0.0.1', at: told.at ?? new Date() });

describe('first run', () => {
  it('makes one person per role once, each able to sign in, none with the password of another', async () => {
    const made = await ensureFirstRunUsers(web.db);
    expect(made.map(({ email, role }) => `${email} ${role}`)).toEqual([
      'admin@sandbox.example admin', 'noc@sandbox.example noc', 'engineer@sandbox.example engineer', 'approver@sandbox.example approver',
      'viewer@sandbox.example viewer', 'finance@sandbox.example finance', 'supply@sandbox.example supply', 'auditor@sandbox.example auditor',
    ]);
    expect(new Set(made.map(({ password }) => password)).size).toBe(made.length);
    expect(await ensureFirstRunUsers(web.db)).toEqual([]);
    for (const { email, password } of made.slice(0, 2)) expect(await signIn(email.toUpperCase(), password)).not.toBeNull();
    expect(JSON.stringify(await web.db.query.users.findMany())).not.toContain(made[0]?.password);
  });
});

describe('sign-in with a password', () => {
  it('refuses wrong, unknown and disabled alike', async () => {
    const person = await makePerson(web, 'anna@hospital.example');
    expect(await signIn('anna@hospital.example', person.password)).toEqual({ userId: person.id });
    expect(await signIn('anna@hospital.example', `${person.password}x`)).toBeNull();
    expect(await signIn('nobody@hospital.example', person.password)).toBeNull();
    await disableUser(web.system, { email: 'anna@hospital.example' });
    expect(await signIn('anna@hospital.example', person.password)).toBeNull();
  });

  it('makes a guesser wait, even with the right password, until the wait is over', async () => {
    const { password } = await makePerson(web, 'ben@hospital.example');
    const at = new Date();
    for (let i = 0; i < 8; i++) await signIn('ben@hospital.example', 'wrong password', { at });
    expect(await signIn('ben@hospital.example', password, { at })).toBeNull();
    expect(await signIn('ben@hospital.example', password, { at, address: '10.0.0.2' })).not.toBeNull();
    expect(await signIn('ben@hospital.example', password, { at: new Date(at.getTime() + 60 * 60_000) })).not.toBeNull();
  });

  it('counts parallel guesses one by one', async () => {
    const { password } = await makePerson(web, 'carl@hospital.example');
    const at = new Date();
    await Promise.all(Array.from({ length: 8 }, () => signIn('carl@hospital.example', 'wrong password', { at, address: '10.9.9.9' })));
    expect(await signIn('carl@hospital.example', password, { at, address: '10.9.9.9' })).toBeNull();
  });

  it('forgets an old password when it is reset', async () => {
    const { password } = await makePerson(web, 'dora@hospital.example');
    const reset = await resetPassword(web.system, { email: 'dora@hospital.example' });
    expect(await signIn('dora@hospital.example', password)).toBeNull();
    expect(await signIn('dora@hospital.example', reset.password)).not.toBeNull();
  });
});

describe('sign-in with an identity provider', () => {
  it('takes an existing person with a verified e-mail, and lets groups govern the roles that are mapped', async () => {
    const { id } = await makePerson(web, 'eva@hospital.example', { roles: ['viewer', 'noc'], facilities: ['mercy-north'] });
    const roleMap = parseRoleMap('integration-noc=noc, integration-oncall=engineer');
    const identity = { email: 'Eva@Hospital.example', emailVerified: true, groups: ['integration-oncall', 'other'] };
    expect(await signInWithIdentity(web.db, { ...identity, emailVerified: false }, roleMap, new Date())).toBeNull();
    expect(await signInWithIdentity(web.db, { ...identity, email: 'stranger@hospital.example' }, roleMap, new Date())).toBeNull();
    expect(await signInWithIdentity(web.db, identity, roleMap, new Date())).toEqual({ userId: id });
    const grants = await web.db.query.roleGrants.findMany({ where: (row, { eq }) => eq(row.userId, id), orderBy: (row, { asc }) => asc(row.role) });
    expect(grants.map(({ role, facilities }) => ({ role, facilities }))).toEqual([{ role: 'engineer', facilities: null }, { role: 'viewer', facilities: ['mercy-north'] }]);
  });

  it('names a mapping that is not group=role', () => {
    expect(() => parseRoleMap('noc=king')).toThrow('"noc=king" is not group=role');
  });
});

describe('sessions', () => {
  it('hold for 12 h at most, and end at once when the person is disabled', async () => {
    const { id } = await makePerson(web, 'fred@hospital.example');
    expect((await flowsAs(await cookieOf(id))).status).toBe(200);
    expect((await flowsAs(await cookieOf(id, 12 * 3600 + 120))).status).toBe(401);
    expect((await flowsAs(`${sessionCookieName()}=forged`)).status).toBe(401);
    expect((await flowsAs(await cookieOf('00000000-0000-7000-8000-000000000000'))).status).toBe(401);
    const cookie = await cookieOf(id);
    await disableUser(web.system, { email: 'fred@hospital.example' });
    expect((await flowsAs(cookie)).status).toBe(401);
  });

  it('carry nothing but the user id and when they began, and never live longer by being used', async () => {
    const options = authOptions();
    const begun = await options.callbacks?.jwt?.({ token: {}, user: { id: 'u1' }, account: null });
    expect(Object.keys(begun ?? {}).sort()).toEqual(['signedInAt', 'sub']);
    const used = await options.callbacks?.jwt?.({ token: { ...begun, signedInAt: 5 }, user: undefined as never, account: null });
    expect(used).toEqual({ sub: 'u1', signedInAt: 5 });
  });

  it('use a cookie that browsers keep off plain HTTP where the address is https', () => {
    process.env.NEXTAUTH_URL = 'https://signalbox.test';
    expect([sessionCookieName(), authOptions().useSecureCookies]).toEqual(['__Secure-next-auth.session-token', true]);
    process.env.NEXTAUTH_URL = 'http://signalbox.test';
    expect([sessionCookieName(), authOptions().useSecureCookies]).toEqual(['next-auth.session-token', false]);
  });
});

describe('what changes something', () => {
  const revoke = (headers: Record<string, string>) =>
    handleTrpc(new Request('http://signalbox.test/api/trpc/settings.tokens.create', {
      method: 'POST', headers: { 'content-type': 'application/json', host: 'signalbox.test', ...headers }, body: JSON.stringify({ json: { name: `cross-site ${headers.origin}`, role: 'viewer' } }),
    }));
  const tokenCount = async () => (await web.db.query.tokens.findMany({ columns: { id: true } })).length;

  it('is taken from our own pages only', async () => {
    const { id } = await makePerson(web, 'gina@hospital.example', { roles: ['admin'] });
    const cookie = await cookieOf(id);
    const before = await tokenCount();
    const foreign: Record<string, string>[] = [{ origin: 'https://evil.example' }, { origin: 'null' }, {}, { 'sec-fetch-site': 'cross-site' }];
    for (const headers of foreign) {
      expect((await revoke({ cookie, ...headers })).status).toBe(403);
    }
    expect(await tokenCount()).toBe(before);
    expect((await revoke({ cookie, origin: 'http://signalbox.test' })).status).toBe(200);
    expect(await tokenCount()).toBe(before + 1);
  });
});
