import type { ContractSet } from '@/server/domain/contracts/contract-set';
import type { MapperOptions } from '@/server/domain/mapping/compile-mapper';
import { compileTapMapper } from '@/server/domain/mapping/tap-mapper';
import type { ContractsInForce } from '../taps/connector';

/** Compiled once per change: the set of a contract runtime is another object after each change, and only then. */
export function contractsInForce({ contracts, tokenKey, tokenKeyId }: MapperOptions & { contracts: () => ContractSet }): () => ContractsInForce {
  let known: { set: ContractSet; inForce: ContractsInForce } | null = null;
  return () => {
    const set = contracts();
    if (known?.set !== set) {
      known = { set, inForce: { flows: set.flows.filter(({ metadata }) => metadata.lifecycle !== 'retired'), mapper: compileTapMapper(set, { tokenKey, tokenKeyId }) } };
    }
    return known.inForce;
  };
}
