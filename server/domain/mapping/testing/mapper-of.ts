/** A mapper from contract texts, and spans as plain objects, for tests. */
import { contractSetOf, type ContractSet } from '../../contracts/contract-set';
import { parseContractFile } from '../../contracts/parse-contract-file';
import { resolveContracts } from '../../contracts/resolve-contracts';
import { compileMapper } from '../compile-mapper';
import { emptyMappedSpan, type MappedSpan, type SpanFacts, type SpanKind, type SpanMapper } from '../span-mapper';

export const TOKEN_KEY = Buffer.from('a key that only tests know, 32 b');

export interface TestSpan {
  name?: string;
  kind?: SpanKind;
  service?: string;
  isError?: boolean;
  attributes?: Record<string, string>;
  resource?: Record<string, string>;
}

/** @throws when the texts break a rule, with the problems */
export function contractSet(...texts: string[]): ContractSet {
  const { set, problems } = resolveContracts(texts.map((text, index) => parseContractFile(`${index}.yaml`, text)), []);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return set;
}

export function mapperOf(...texts: string[]): SpanMapper {
  return compileMapper(texts.length > 0 ? contractSet(...texts) : contractSetOf([]), { tokenKey: TOKEN_KEY, tokenKeyId: 'k1' });
}

/** Lays a span out as a receiver does: one value per key that the mapper asked for. */
export function factsOf(mapper: SpanMapper, { name = 'span', kind = 'Internal', service = 'svc', isError = false, attributes = {}, resource = {} }: TestSpan): SpanFacts {
  return {
    name, kind, serviceName: service, isError,
    attributes: mapper.spanKeys.map((key) => attributes[key]),
    resource: mapper.resourceKeys.map((key) => resource[key]),
  };
}

export function mapSpan(mapper: SpanMapper, span: TestSpan): MappedSpan {
  const out = emptyMappedSpan();
  mapper.map(factsOf(mapper, span), out);
  return out;
}
