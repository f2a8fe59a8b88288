/** Contracts of tests in few words. */
import type { ContractsInForce } from '@/collectors/runtime/taps/connector';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { flowText, SOURCES } from '@/server/domain/contracts/testing/contract-texts';
import { contractsOf } from '../../testing/watched-broker';

/** Contracts in force, one flow per description: `flow-0`, `flow-1` … @throws Error when one has a problem */
export function contracts(...flows: Parameters<typeof flowText>[0][]): ContractsInForce {
  return contractsOf([SOURCES, ...flows.map((flow, index) => flowText({ id: `flow-${index}`, ...flow }))].flatMap((text, index) => {
    const { documents, problems } = parseContractFile(`f${index}.yaml`, text);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    return documents.map(({ body }) => body);
  }));
}

/** A queue channel in a contract's words. */
export function queueChannel(vhost: string, rest: string): string {
  return `{ source: rabbit-main, kind: queue, vhost: "${vhost}", ${rest} }`;
}
