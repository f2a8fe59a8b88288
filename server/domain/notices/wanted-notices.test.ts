import { describe, expect, it } from 'vitest';
import { holdNotices, type HoldFacts } from './hold-notices';
import { operationNotices, type OperationFacts } from './operation-notices';

const NOW = new Date('2026-11-27T12:00:00Z');
const minutes = (n: number) => new Date(NOW.getTime() + n * 60_000);
const seconds = (n: number) => new Date(NOW.getTime() + n * 1_000);

function hold(told: Partial<HoldFacts> = {}): HoldFacts {
  return {
    id: 'h1', kind: 'pause', state: 'held', flowId: 'charges', flowName: 'Charges', hopId: 'outbox', openedBy: 'o1', owner: 'user:ada', ownerUser: 'ada',
    reviewBy: minutes(60), requestedAt: minutes(-30), verifiedAt: seconds(-1), leakingSince: null, reasserted: 0, endDecided: false, disappeared: 0n, limits: [], unbalanced: false, undecided: null, ...told,
  };
}

function operation(told: Partial<OperationFacts> = {}): OperationFacts {
  return {
    id: 'o1', kind: 'replay', state: 'awaiting-approval', flowId: 'charges', flowName: 'Charges', holdId: null, requestedBy: 'user:ada', requestedByUser: 'ada', firstBy: 'user:ada', firstByUser: 'ada', owner: 'user:ada',
    plan: { extent: { messages: '12', cases: 10, money: [{ amount: '3400.00', currency: 'USD' }], note: '' }, dimensions: { facilities: ['north'], payers: ['aetna'], unknownFacility: 0, unknownPayer: 0 } },
    confirmedAt: minutes(-1), approvalExpiresAt: minutes(29), startedAt: null, finishedAt: null, emergency: false, reviewed: false, unknownItems: 0, confirmBy: null, ...told,
  };
}

describe('of a hold', () => {
  const limit = (what: string, at: Date) => ({ what, at: at.toISOString(), sentence: '' });
  it.each<[string, Partial<HoldFacts>, string[]]>([
    ['that is well', {}, []],
    ['that has just begun to leak', { state: 'leaking', leakingSince: seconds(-29) }, []],
    ['that goes on leaking', { state: 'leaking', leakingSince: seconds(-30) }, ['hold-leaking']],
    ['of a reroute that is over and left nothing undecided', { kind: 'reroute', state: 'restored', undecided: 0, reviewBy: minutes(-5) }, []],
    ['of a reroute that is over and left messages undecided', { kind: 'reroute', state: 'restored', undecided: 3, reviewBy: minutes(-5), verifiedAt: minutes(-5) }, ['reroute-undecided']],
    ['of a reroute in place with undecided messages', { kind: 'reroute', state: 'active', undecided: 3 }, []],
    ['of a reroute that has just been found unbalanced', { kind: 'reroute', state: 'leaking', leakingSince: seconds(-1), unbalanced: true }, ['reroute-unbalanced']],
    ['that was put back', { reasserted: 2 }, ['hold-dropped']],
    ['whose parked messages were purged', { disappeared: 412n }, ['hold-messages-gone']],
    ['that was measured lately', { verifiedAt: seconds(-59) }, []],
    ['that nobody could measure', { verifiedAt: seconds(-60) }, ['hold-unverified']],
    ['that was never measured', { verifiedAt: null }, ['hold-unverified']],
    ['that is being released, and so not measured', { state: 'releasing', verifiedAt: minutes(-5) }, []],
    ['with a review in a quarter of an hour', { reviewBy: minutes(15) }, ['hold-review-soon']],
    ['whose review is overdue', { reviewBy: NOW }, ['hold-review-overdue']],
    ['that is a reroute, has expired and is being probed', { kind: 'reroute', state: 'active', reviewBy: minutes(-4) }, []],
    ['that is a reroute, has expired and is being restored', { kind: 'reroute', state: 'releasing', reviewBy: minutes(-6) }, []],
    ['that is a reroute and has expired, and nobody decided about it', { kind: 'reroute', state: 'active', reviewBy: minutes(-5) }, ['reroute-expired']],
    ['that is a reroute and stays, about which somebody was called', { kind: 'reroute', state: 'expiring', reviewBy: minutes(-60), endDecided: true }, []],
    ['that does harm in half an hour', { limits: [limit('time to live', minutes(30))] }, ['hold-budget-ending']],
    ['whose review is in its budget', { limits: [limit('review', minutes(30))] }, []],
    ['that does harm later', { limits: [limit('time to live', minutes(31))] }, []],
  ])('%s', (_, told, reasons) => {
    expect(holdNotices(hold(told), NOW).map(({ reason }) => reason)).toEqual(reasons);
  });

  it('is told again when its review was moved, and says where to act', () => {
    const [first] = holdNotices(hold({ reviewBy: minutes(-1) }), NOW);
    const [second] = holdNotices(hold({ reviewBy: minutes(-0.5) }), NOW);
    expect(first?.occasion).not.toBe(second?.occasion);
    expect(first?.sentence).toBe('The hold of Charges at outbox should have been reviewed by 2026-11-27 11:59 UTC. It stays in place until somebody ends or extends it.');
  });
});

describe('of an operation', () => {
  const ended = { confirmedAt: minutes(-40), approvalExpiresAt: minutes(-10), finishedAt: minutes(-10) };
  it.each<[string, Partial<OperationFacts>, string[]]>([
    ['that waits for an approval', {}, ['approval-waiting']],
    ['whose wait ends soon', { approvalExpiresAt: minutes(10) }, ['approval-waiting', 'approval-expiring']],
    ['whose wait has ended', { approvalExpiresAt: NOW }, []],
    ['that nobody approved', { state: 'failed', ...ended }, ['approval-expired']],
    ['that nobody confirmed', { state: 'failed', ...ended, confirmedAt: null, approvalExpiresAt: null }, []],
    ['that was rejected', { state: 'aborted', ...ended }, []],
    ['that is done', { state: 'done', ...ended, startedAt: minutes(-39) }, []],
    ['that failed', { state: 'failed', ...ended, startedAt: minutes(-39) }, ['operation-failed']],
    ['that was done partly', { state: 'partly-done', ...ended, startedAt: minutes(-39) }, ['operation-failed']],
    ['that left messages undecided', { state: 'partly-done', ...ended, startedAt: minutes(-39), unknownItems: 3 }, ['operation-undecided']],
    ['that was stopped and left messages undecided', { state: 'aborted', ...ended, startedAt: minutes(-39), unknownItems: 1 }, ['operation-undecided']],
    ['that awaits its result', { state: 'awaiting-confirmation', startedAt: minutes(-9), confirmBy: minutes(1) }, []],
    ['whose result is overdue', { state: 'awaiting-confirmation', startedAt: minutes(-9), confirmBy: minutes(-2) }, ['operation-unconfirmed']],
    ['that was begun in an emergency', { state: 'running', startedAt: minutes(-1), emergency: true }, ['emergency-review']],
    ['that was reviewed', { state: 'running', startedAt: minutes(-1), emergency: true, reviewed: true }, []],
  ])('%s', (_, told, reasons) => {
    expect(operationNotices(operation(told), NOW).map(({ reason }) => reason)).toEqual(reasons);
  });

  it('says how much it touches, until when, and who asked', () => {
    expect(operationNotices(operation(), NOW)[0]).toMatchObject({
      sentence: 'The replay of Charges (12 messages of 10 cases, 3400.00 USD) waits for a second person until 2026-11-27 12:29 UTC; ada asked for it.',
      exceptUser: 'ada', reach: { facilities: ['north'], payers: ['aetna'] }, facts: { messages: '12', cases: 10, money: [{ amount: '3400.00', currency: 'USD' }], dueAt: minutes(29).toISOString() },
    });
  });

  it('reaches only whole scopes where a dimension is not known, or the whole flow is touched', () => {
    const dimensions = { facilities: ['north'], payers: ['aetna'], unknownFacility: 1, unknownPayer: 0 };
    expect(operationNotices(operation({ plan: { ...operation().plan!, dimensions } }), NOW)[0]?.reach).toEqual({ facilities: null, payers: ['aetna'] });
    expect(operationNotices(operation({ kind: 'reroute' }), NOW)[0]?.reach).toEqual({ facilities: null, payers: null });
  });
});
