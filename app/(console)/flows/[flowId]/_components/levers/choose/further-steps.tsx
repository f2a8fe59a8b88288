'use client';

import { useQuery } from '@tanstack/react-query';
import { METHOD_WORDS, type HoldMethod } from '@/server/domain/operations/kinds';
import { MOST_STEPS } from '@/server/domain/operations/request';
import { useTRPC } from '../../../../../../_api/trpc';
import { Field } from '../../../../../../_ui/form/field';
import type { FurtherStep } from '../lever-draft';
import { useLeverForm } from './lever-form';

/** Further channels of the flow, held after this one in their order; nothing where the flow has one hop. */
export function FurtherSteps() {
  const { draft, change, flow } = useLeverForm();
  const { further } = draft;
  const taken = new Set([draft.hopId, ...further.map(({ hopId }) => hopId)]);
  const next = flow.hops.find(({ hopId }) => !taken.has(hopId));
  const replace = (index: number, step: FurtherStep) => change({ further: further.map((one, at) => (at === index ? step : one)) });
  if (flow.hops.length < 2) return null;
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Further channels of this flow</legend>
      {further.length > 0 && <p className="mb-2 text-muted">In this order, each after the one before it is measured as held. When one fails, those before it are taken back.</p>}
      <ol className="space-y-2">
        {further.map((step, index) => (
          <li key={`step-${index}`} className="rounded-sm border border-line px-3 py-2">
            <Step
              step={step}
              index={index}
              hops={flow.hops.filter(({ hopId }) => hopId === step.hopId || !taken.has(hopId))}
              change={(changed) => replace(index, changed)}
              earlier={index === 0 ? null : () => change({ further: further.map((one, at) => (at === index ? further[index - 1]! : at === index - 1 ? step : one)) })}
              remove={() => change({ further: further.filter((_, at) => at !== index) })}
            />
          </li>
        ))}
      </ol>
      {next !== undefined && further.length < MOST_STEPS - 1 && (
        <button type="button" className="button mt-2" onClick={() => change({ further: [...further, { hopId: next.hopId, method: '' }] })}>
          Hold another channel too
        </button>
      )}
    </fieldset>
  );
}

interface StepProps {
  step: FurtherStep;
  index: number;
  hops: readonly { hopId: string; name: string }[];
  change: (step: FurtherStep) => void;
  earlier: (() => void) | null;
  remove: () => void;
}

function Step({ step, index, hops, change, earlier, remove }: StepProps) {
  const { draft, problems } = useLeverForm();
  const frame = useQuery(useTRPC().operations.frame.queryOptions({ flowId: draft.flowId, hopId: step.hopId }));
  const ways = (frame.data?.levers ?? []).flatMap(({ kind, method, locked }) => (kind === 'pause' && method !== null ? [{ method, locked }] : []));
  const locks = ways.length > 0 && ways.every(({ locked }) => locked !== null) ? [...new Set(ways.flatMap(({ locked }) => locked ?? []))] : [];
  return (
    <div className="space-y-2">
      <div className="grid gap-2 sm:grid-cols-2">
        <Field label={`Step ${index + 2}`} problem={problems[`further.${index}.hopId`]}>
          {(field) => (
            <select {...field} className="field w-full" value={step.hopId} onChange={(event) => change({ hopId: event.target.value, method: '' })}>
              {hops.map(({ hopId, name }) => (
                <option key={hopId} value={hopId}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="How to hold it" hint={step.method === '' ? undefined : METHOD_WORDS[step.method].does} problem={problems[`further.${index}.method`]}>
          {(field) => (
            <select {...field} className="field w-full" value={step.method} onChange={(event) => change({ ...step, method: event.target.value as HoldMethod | '' })}>
              <option value="">Choose …</option>
              {ways.map(({ method, locked }) => (
                <option key={method} value={method} disabled={locked !== null}>
                  {METHOD_WORDS[method].name}
                  {locked === null ? '' : ' (locked)'}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      {frame.isError && <p className="text-failing">{frame.error.message}</p>}
      {locks.map((lock) => (
        <p key={lock} className="break-words">
          Locked: {lock}
        </p>
      ))}
      <div className="flex flex-wrap gap-2">
        {earlier !== null && (
          <button type="button" className="button" onClick={earlier}>
            Move step {index + 2} earlier
          </button>
        )}
        <button type="button" className="button text-muted" onClick={remove}>
          Leave step {index + 2} out
        </button>
      </div>
    </div>
  );
}
