import { actorInWords } from '@/server/domain/roles/actor';
import type { OperationView } from '@/server/services/operations/operation-view';

/** Who of the two people has agreed, where that is not who asked: a machine is none of them. */
export function FirstPerson({ operation: { state, firstBy, requestedBy } }: { operation: OperationView }) {
  if (state !== 'awaiting-approval' || firstBy === requestedBy) return null;
  return <p>{firstBy === null ? 'No person asked for it, so two people approve it: it begins when the second one has.' : `${actorInWords(firstBy)} is the first of two people; you would be the second.`}</p>;
}
