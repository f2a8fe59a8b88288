/** Policies of a broker: what is in effect on a queue or an exchange, argument and policies taken together. */
import { record, rows, text, textOrNull, whole, type Json } from './management/json-values';
import { apiPath, type ManagementClient } from './management/management-client';
import { ManagementError } from './management/management-error';

/** Definitions by virtual host and name. */
export type Policies = ReadonlyMap<string, Json>;

export interface PoliciesInForce {
  policies: Policies;
  operatorPolicies: Policies;
}

const keyOf = (vhost: string, name: string) => `${vhost}\u0000${name}`;

/** @param vhost null: all that the user may see @throws ManagementError */
export async function readPolicies(client: ManagementClient, vhost: string | null, signal: AbortSignal): Promise<PoliciesInForce> {
  const read = async (kind: 'policies' | 'operator-policies'): Promise<Policies> => {
    try {
      const { body } = await client.get(vhost === null ? kind : `${kind}/${apiPath`${vhost}`}`, 'the policies', signal);
      return new Map(rows(body).map((row) => [keyOf(text(row['vhost']), text(row['name'])), record(row['definition'])]));
    } catch (error) {
      // Where the operator's policies cannot be read, what they limit is taken from the queue's own arguments and policy.
      if (kind === 'operator-policies' && error instanceof ManagementError && (error.problem === 'forbidden' || error.problem === 'not-found')) return new Map();
      throw error;
    }
  };
  const [policies, operatorPolicies] = await Promise.all([read('policies'), read('operator-policies')]);
  return { policies, operatorPolicies };
}

export interface Effective {
  /** An argument goes before a policy. */
  text(key: string): string | null;
  /** The smaller of argument, policy and operator's policy. */
  limit(key: string): number | null;
}

/** @param row an object with `vhost`, `arguments`, and the names of its policies, as the management API lists it */
export function effectiveOf(row: Json, { policies, operatorPolicies }: PoliciesInForce): Effective {
  const args = record(row['arguments']);
  const vhost = text(row['vhost']);
  const policy = policies.get(keyOf(vhost, text(row['policy']))) ?? {};
  const operatorPolicy = operatorPolicies.get(keyOf(vhost, text(row['operator_policy']))) ?? {};
  return {
    text: (key) => textOrNull(args[`x-${key}`]) ?? textOrNull(args[key]) ?? textOrNull(policy[key]) ?? textOrNull(operatorPolicy[key]),
    limit(key) {
      const limits = [args[`x-${key}`], policy[key], operatorPolicy[key]].map(whole).filter((value) => value !== null);
      return limits.length === 0 ? null : Math.min(...limits);
    },
  };
}
