import { describe, expect, it } from 'vitest';
import { binding, exchange, queue, topology } from '../testing/topologies';
import type { VhostPermissions } from './broker-user';
import { leverFindings } from './lever-permissions';

const wired = topology({
  exchanges: [exchange('claims'), exchange('claims.dlx'), exchange('amq.topic')],
  queues: [queue('claims.work', { deadLetterExchange: 'claims.dlx' }), queue('claims.dead')],
  bindings: [binding('claims', 'claims.work', '#'), binding('claims.dlx', 'claims.dead', '#')],
});
const user = (tags: string[], permissions: Partial<VhostPermissions>[] | null) => ({ tags: new Set(tags), permissions: permissions?.map((more) => ({ vhost: '/', configure: '^$', write: '^$', read: '^$', ...more })) ?? null });
const of = (lever: string, findings: ReturnType<typeof leverFindings>) => findings.filter((finding) => finding.for === lever);

describe('what levers need', () => {
  it('is all there for an administrator with all permissions', () => {
    const findings = leverFindings(user(['administrator'], [{ configure: '.*', write: '.*', read: '.*' }]), wired, ['/']);
    expect(findings.every(({ granted, note }) => granted === true && note === '')).toBe(true);
    expect(new Set(findings.map((finding) => finding.for))).toEqual(new Set(['pause', 'canary', 'release', 'replay', 'reroute']));
  });

  it('is named where a pattern leaves something out', () => {
    const findings = leverFindings(user(['administrator'], [{ configure: '^signalbox\\.', write: '^claims$', read: '^signalbox\\.' }]), wired, ['/']);
    expect(of('replay', findings)).toMatchObject([
      { granted: false, note: 'Missing: write on names that begin with "signalbox."; read on claims.dead; write on claims.work, claims.dead.' },
      { granted: false, note: 'Missing: read on claims.dead; write on claims.dlx.' },
    ]);
    expect(of('canary', findings)).toMatchObject([{ granted: false, note: 'Missing: write on names that begin with "signalbox."; write on claims.work, claims.dead.' }]);
  });

  it('is not there without an entry for the virtual host, and never matches by an empty pattern', () => {
    expect(of('replay', leverFindings(user(['administrator'], []), wired, ['/']))).toMatchObject([1, 2].map(() => ({ granted: false, note: expect.stringContaining('no permission in virtual host /') })));
    expect(of('replay', leverFindings(user(['administrator'], [{ read: '', write: '' }]), wired, ['/']))).toMatchObject([{ granted: false }, { granted: false }]);
  });

  it('is unknown where the user may not read its own permissions', () => {
    expect(of('reroute', leverFindings(user(['policymaker'], null), wired, ['/']))).toMatchObject([{ granted: null, note: expect.stringContaining('Only an administrator may read permissions') }]);
    expect(of('release', leverFindings(user(['management'], null), wired, ['/']))).toMatchObject([
      { granted: false, note: expect.stringContaining('lacks the tag administrator') }, { granted: false, note: expect.stringContaining('lacks the tag policymaker') },
    ]);
  });

  it('is nothing for a source without credentials for levers', () => {
    expect(leverFindings(null, wired, ['/']).every(({ granted }) => granted === false)).toBe(true);
  });
});
