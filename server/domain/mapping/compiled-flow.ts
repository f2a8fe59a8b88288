/** A flow contract in the form that mapping needs: hops with their conditions, fields with their readers. */
import type { FlowContract, FlowHop, LegMatcher } from '../contracts/flow-schema';
import { legsOf } from '../contracts/hop-legs';
import { FieldReader, ReasonReader } from './field-reader';
import type { FieldContext } from './field-reader';
import type { Leg, SpanFacts, SpanKind } from './span-mapper';
import { compileConditions, compileSelector, conditionsHold, type Condition, type SlotTable } from './span-selectors';

interface CompiledLeg {
  kinds: readonly SpanKind[];
  services: readonly string[] | null;
  names: readonly string[] | null;
  when: readonly Condition[];
}

export interface CompiledHop {
  flow: CompiledFlow;
  hop: FlowHop;
  when: readonly Condition[];
  enter: CompiledLeg | null;
  leave: CompiledLeg | null;
  attempt: CompiledLeg | null;
}

export interface CompiledFlow {
  id: string;
  version: string;
  hops: readonly CompiledHop[];
  currency: string;
  facility: FieldReader<SpanFacts>;
  payer: FieldReader<SpanFacts>;
  supplier: FieldReader<SpanFacts>;
  department: FieldReader<SpanFacts>;
  item: FieldReader<SpanFacts>;
  amount: FieldReader<SpanFacts>;
  case: FieldReader<SpanFacts>;
  message: FieldReader<SpanFacts>;
  reason: ReasonReader<SpanFacts>;
}

/** Attributes that an instrumented application may set itself; read where the contract names no field of its own. */
const OWN_ATTRIBUTES = {
  facility: 'attr:signalbox.facility.id', payer: 'attr:signalbox.payer.id', supplier: 'attr:signalbox.supplier.id',
  department: 'attr:signalbox.department.id', item: 'attr:signalbox.item.id',
} as const;

export function compileFlow(contract: FlowContract, slots: SlotTable, context: FieldContext): CompiledFlow {
  const { metadata: { id, version }, spec: { fields, path, deadLetter } } = contract;
  const compile = (selector: string) => compileSelector(selector, slots);
  const dimension = (name: keyof typeof OWN_ATTRIBUTES) => new FieldReader(name, fields[name] ?? null, [OWN_ATTRIBUTES[name]], compile, context);
  const caseName = Object.keys(fields).find((name) => fields[name]?.case);
  const hops: CompiledHop[] = [];
  const flow: CompiledFlow = {
    id, version, hops,
    currency: fields['amount']?.currency ?? '',
    facility: dimension('facility'), payer: dimension('payer'), supplier: dimension('supplier'), department: dimension('department'), item: dimension('item'),
    amount: new FieldReader('amount', fields['amount'] ?? null, [], compile, context),
    case: new FieldReader(caseName ?? 'case', caseName === undefined ? null : (fields[caseName] ?? null), [], compile, context),
    message: new FieldReader('message', fields['message'] ?? null, ['attr:messaging.message.id'], compile, context),
    reason: new ReasonReader(fields['reason'] ?? null, deadLetter?.reasons ?? [], compile, context),
  };
  for (const hop of path) {
    const { enter, leave, attempt } = legsOf(hop);
    const leg = (matcher: LegMatcher | undefined) => (matcher ? compileLeg(matcher, slots) : null);
    hops.push({ flow, hop, when: compileConditions(hop.when, slots), enter: leg(enter), leave: leg(leave), attempt: leg(attempt) });
  }
  return flow;
}

/** What the span is to the hop. A failed span where a message would leave is an attempt that did not succeed. */
export function legOf({ enter, leave, attempt }: CompiledHop, span: SpanFacts): Leg {
  if (enter && isLeg(enter, span)) return 'enter';
  if (leave && isLeg(leave, span)) return span.isError ? 'attempt' : 'leave';
  return attempt && isLeg(attempt, span) ? 'attempt' : 'none';
}

function compileLeg({ spanKind, service, name, when }: LegMatcher, slots: SlotTable): CompiledLeg {
  return { kinds: spanKind, services: service ?? null, names: name ?? null, when: compileConditions(when, slots) };
}

function isLeg({ kinds, services, names, when }: CompiledLeg, span: SpanFacts): boolean {
  return kinds.includes(span.kind)
    && (services === null || services.includes(span.serviceName))
    && (names === null || names.includes(span.name))
    && conditionsHold(when, span);
}
