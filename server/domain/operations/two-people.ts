/** Four eyes are two people. A machine is none: who has its token or its shell is not known. */
import { actorLabel, type Person } from '../roles/actor';

export interface PeopleSoFar {
  requestedBy: string;
  requestedByUser: string | null;
  /** Who confirmed it as a person, or agreed first where a machine confirmed it; null where no person has yet. */
  firstBy: string | null;
  firstByUser: string | null;
  /** Labels of who made the tokens by which it was asked for or confirmed. */
  standBehind: readonly string[];
}

type Somebody = Pick<Person, 'kind' | 'id' | 'email'>;

/** Why this person cannot decide about what they had a part in; null where they had none. */
export function partIn(people: PeopleSoFar, person: Somebody): string | null {
  const label = actorLabel(person as Person);
  if (people.requestedByUser === person.id || people.requestedBy === label) return 'You asked for this operation yourself; another person has to decide.';
  if (people.firstByUser === person.id || people.firstBy === label) return 'You are the first of the two people who answer for this operation; another person has to decide.';
  if (people.standBehind.includes(label)) return 'You made the token that asked for this operation, so that it counts as yours; another person has to decide.';
  return null;
}

/** How many people have to agree yet to what needs two. */
export function peopleMissing({ firstByUser }: Pick<PeopleSoFar, 'firstByUser'>): 1 | 2 {
  return firstByUser === null ? 2 : 1;
}

/** The account of who owns an operation and what it holds; null where that is a machine. */
export function ownerUserOf({ owner, requestedBy, requestedByUser, firstBy, firstByUser }: Omit<PeopleSoFar, 'standBehind'> & { owner: string }): string | null {
  return owner === requestedBy ? requestedByUser : owner === firstBy ? firstByUser : null;
}
