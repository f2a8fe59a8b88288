import { expect, it } from 'vitest';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import { preconditionsOf } from './may-act';

const FLOW = {
  metadata: { id: 'charges', owner: { technical: 'integration-billing' } },
  spec: { replay: { class: 'R1', preconditions: [{ check: 'target-absence-proven', probe: { http: 'GET billing:/charges/{charge}', absentWhen: 404 } }] } },
} as unknown as FlowContract;
const SILENT = { holds: false, evidence: 'billing did not answer within 3 s, so target-absence-proven is not proven.', isSilent: true } as const;
const PROVEN = { holds: true, evidence: 'billing answered 404: the target does not have it (target-absence-proven).' };

/** Asks for as many items as there are answers and two more, which nobody should be asked for. */
async function asked(answers: ({ holds: boolean; evidence: string; isSilent?: true })[]) {
  let questions = 0;
  const preconditions = preconditionsOf({ ask: async () => answers[questions++] ?? PROVEN }, FLOW, new AbortController().signal);
  const verdicts = [];
  for (let item = 0; item < answers.length + 2; item++) verdicts.push(await preconditions.mayAct({ itemKey: `${item}` } as never, () => undefined));
  return { questions, verdicts, silence: preconditions.silence() };
}

it('asks nobody any more after five questions in a row without an answer, and says so', async () => {
  const { questions, verdicts, silence } = await asked(Array.from({ length: 5 }, () => SILENT));
  expect(questions).toBe(5);
  expect(silence).toBe('5 questions in a row had no answer, the last one: billing did not answer within 3 s, so target-absence-proven is not proven.');
  expect(verdicts.at(-1)).toEqual({ ok: false, reason: `Not asked: ${silence}`, instead: 'Replay it when the target answers again.' });
});

it('goes on while some answers come, and after answers that are a no', async () => {
  const no = { holds: false, evidence: 'billing answered 200: the target already has it (target-absence-proven).' };
  const { questions, silence, verdicts } = await asked([SILENT, SILENT, SILENT, SILENT, PROVEN, SILENT, SILENT, SILENT, SILENT, no, SILENT, ...Array.from({ length: 9 }, () => no)]);
  expect({ questions, silence, last: verdicts.at(-1) }).toEqual({ questions: 22, silence: null, last: { ok: true } });
});
