/** What people and machines see of flow contracts that were activated in the product: shared by tRPC, REST, CLI and pages. */
import type { ContractProblem } from '@/server/domain/contracts/rules';

export interface ConsoleDocumentView {
  kind: 'Flow';
  /** Id of the flow. */
  id: string;
  name: string;
  version: string;
  lifecycle: string;
  /** Its name among the contract files, as problems show it. */
  file: string;
  revision: number;
  updatedBy: string;
  updatedAt: string;
  /** `loading`: stored, and no collector has loaded it yet. `refused`: the collectors found problems with it. */
  state: 'in-force' | 'loading' | 'refused';
  /** Why it is refused. */
  problems: ContractProblem[];
}

export interface ConsoleDocumentDetail extends ConsoleDocumentView {
  yaml: string;
}

/** What a draft says and what is wrong with it. */
export interface CheckedDraft {
  /** Null where the text is no flow. */
  flow: { id: string; name: string; version: string; lifecycle: string; hops: { id: string; name: string; channelId: string }[] } | null;
  /** Empty: it can be activated. */
  problems: ContractProblem[];
  /** Of the document of the product that activation would replace; null when it would be a new one. */
  replaces: number | null;
}
