import type { z } from 'zod';
import { problemsOfFile } from '@/server/domain/contracts/console-change';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import type { ContractProblem } from '@/server/domain/contracts/rules';
import { authorize, type ServiceContext } from '../service-context';
import { validateFileInput } from './console-document-input';
import { readConsoleState } from './console-state';
import { rememberedContracts } from './remembered-contracts';

export interface CheckedFile {
  documents: { kind: string; id: string; version: string }[];
  /** Empty: it can be put into the contract folder. */
  problems: ContractProblem[];
}

/** Says what is wrong with a contract file of any kind, by itself and together with what is in force; stores nothing. */
export async function validateFile(context: ServiceContext, input: z.input<typeof validateFileInput>): Promise<CheckedFile> {
  authorize(context, 'contracts:manage', 'The check of contracts');
  const { file, yaml } = validateFileInput.parse(input);
  const parsed = parseContractFile(file, yaml);
  const { documents } = await rememberedContracts(context.db);
  return {
    documents: parsed.documents.map(({ kind, id, version }) => ({ kind, id, version })),
    problems: problemsOfFile(documents, await readConsoleState(context.db), parsed),
  };
}
