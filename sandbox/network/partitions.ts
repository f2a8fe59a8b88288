import { DEPARTMENTS, FACILITIES } from './places';
import { randomAt } from './random';

/** One refresh of one partition of an analytics data product. */
export interface Partition {
  facility: string;
  department: string;
  rows: number;
}

/** Which partition the refresh at this position of a stream concerns. */
export function partitionAt(seed: string, stream: string, index: number): Partition {
  const random = randomAt(seed, stream, index);
  return { facility: random.pick(FACILITIES).code, department: random.pick(DEPARTMENTS).code, rows: random.between(20, 400) };
}
