import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compileMapper } from '../mapping/compile-mapper';
import { mapSpan, type TestSpan } from '../mapping/testing/mapper-of';
import type { Channel } from './channel';
import type { FlowHop, LegMatcher } from './flow-schema';
import { legsOf } from './hop-legs';
import { parseContractFile } from './parse-contract-file';
import { resolveContracts } from './resolve-contracts';

const DIR = fileURLToPath(new URL('../../../contracts', import.meta.url));
const files = readdirSync(DIR, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
const { set, problems } = resolveContracts(files.map((name) => parseContractFile(name, readFileSync(join(DIR, name), 'utf8'))), []);
const mapper = compileMapper(set, { tokenKey: Buffer.alloc(32, 1), tokenKeyId: 'k1' });

describe("the sandbox's contracts", () => {
  it('break no rule', () => {
    expect(problems).toEqual([]);
    expect(set.flows.length).toBeGreaterThanOrEqual(10);
    expect(set.processes.length).toBeGreaterThanOrEqual(3);
    expect(mapper.tokenKeys.size).toBeGreaterThan(0);
  });

  const legs = set.flows.flatMap((flow) => flow.spec.path.flatMap((hop) =>
    Object.entries(legsOf(hop)).map(([leg, matcher]: [string, LegMatcher]) => ({ flowId: flow.metadata.id, hopId: hop.id, leg, span: spanOf(hop, matcher) }))));

  it.each(legs)('find the span that is the $leg of $flowId, hop $hopId', ({ span, ...expected }) => {
    expect(mapSpan(mapper, span)).toMatchObject(expected);
  });
});

/** A span as an instrumented service would send it for this leg. */
function spanOf({ channel, when }: FlowHop, leg: LegMatcher): TestSpan {
  const conditions = Object.entries({ ...when, ...leg.when }).map(([selector, [value = '']]) => [selector, value] as const);
  const named = (prefix: string) => Object.fromEntries(conditions.filter(([selector]) => selector.startsWith(prefix)).map(([selector, value]) => [selector.slice(prefix.length), value]));
  return {
    kind: leg.spanKind[0], service: leg.service?.[0], name: leg.name?.[0],
    attributes: { ...attributesOf(channel), ...named('attr:') }, resource: named('resource:'),
  };
}

function attributesOf(channel: Channel): Record<string, string> {
  const match = set.sources.find(({ id }) => id === channel.source)?.match[0];
  const server = { 'server.address': match?.address ?? '', 'server.port': String(match?.port ?? '') };
  switch (channel.kind) {
    case 'queue': return { ...server, 'messaging.system': 'rabbitmq', 'messaging.destination.name': channel.name };
    case 'table': return { ...server, 'db.system.name': 'postgresql', 'db.namespace': match?.namespace ?? '', 'db.collection.name': `${channel.schema}.${channel.table}` };
    case 'route': return { ...server, 'http.request.method': channel.method, 'http.route': channel.path };
  }
}
