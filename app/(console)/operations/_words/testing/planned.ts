import type { OperationPlan } from '@/server/domain/operations/plan';
import type { HoldView } from '@/server/services/operations/operation-view';

export const NOW = Date.parse('2026-11-27T14:00:00.000Z');

/** A plan that does nothing to nobody. */
export function planOf(over: Partial<Omit<OperationPlan, 'act'>> & { act?: Partial<OperationPlan['act']> } = {}): OperationPlan {
  return {
    format: 1, request: {}, flowName: 'Charges', contractVersion: '1.0.0', sourceId: 'rabbit-main', channelId: 'rabbit-main:queue:/:charges', method: null, madeAt: '2026-11-27T14:00:00.000Z',
    extent: { messages: '0', cases: 0, money: [], note: '' }, possibleDuplicates: null,
    dimensions: { facilities: [], payers: [], unknownFacility: 0, unknownPayer: 0 },
    items: { count: 0, sha256: null, notEligible: [] }, locks: [], approval: { needed: 'none', because: [] }, typedConfirmation: null, holdBudget: null,
    ...over,
    act: {
      steps: [], receivers: [], guarantee: { delivery: 'at-least-once', order: '', survivesRestart: '', inFlight: '' }, willNot: [], warnings: [], locks: [],
      waiting: '0', unsettled: null, limits: [], canary: null, nativeCommands: [], undo: '', estimatedSeconds: null, topology: null, action: null, ...over.act,
    },
  };
}

/** A hold that stands as it should. */
export function holdOf(over: Partial<HoldView> = {}): HoldView {
  return {
    id: '0193a5e0-0000-7000-8000-000000000002', kind: 'pause', flowId: 'charges', flowName: 'Charges', hopId: 'outbox', channelId: 'rabbit-main:queue:/:charges', method: 'park', state: 'held',
    observation: '', figures: {}, outsideActs: [], owner: 'Nora', ownedByViewer: false, requestedAt: '2026-11-27T13:48:00.000Z', heldAt: '2026-11-27T13:48:04.000Z', verifiedAt: '2026-11-27T13:59:58.000Z',
    unverifiedSince: null, reviewBy: '2026-11-27T18:00:00.000Z', reviewOverdue: false, overAt: null, openedBy: '0193a5e0-0000-7000-8000-000000000001', undecided: null,
    budget: { earliest: null, limits: [] }, expiry: null, canary: { possible: true, sentence: '' }, nativeCommands: [], ...over,
  };
}
