'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Download, Zap } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { Guess } from '@/server/domain/sources/discovery';
import type { ConsoleDocumentDetail } from '@/server/services/contracts/console-document-view';
import { useTRPC } from '../../../../_api/trpc';
import { ConsequencesDialog } from '../../../../_ui/consequences-dialog';
import { downloadText } from '../../../../_ui/download-text';
import { Notice } from '../../../../_ui/states/notice';
import { Activation } from './activation';
import { activationConsequences } from './activation-words';
import { GuessList } from './guess-list';
import { placeGuesses } from './guess-places';
import { ProblemList } from './problem-list';
import { useCheckedDraft } from './use-checked-draft';
import { YamlEditor, type YamlEditorHandle } from './yaml-editor';

interface Props {
  flowId: string;
  yaml: string;
  /** Of the document that is edited; null for a draft, which replaces whatever has its id. */
  revision: number | null;
  guesses?: readonly Guess[];
}

/** Review, edit, download and activate one flow contract. Problems stand at their lines while it is typed. */
export function ContractEditor({ flowId, yaml: initial, revision, guesses = [] }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const editor = useRef<YamlEditorHandle>(null);
  const [yaml, setYaml] = useState(initial);
  const [asking, setAsking] = useState(false);
  const [activated, setActivated] = useState<ConsoleDocumentDetail | null>(null);
  const { checked, current, problem } = useCheckedDraft(yaml);
  const placed = useMemo(() => placeGuesses(yaml, guesses), [yaml, guesses]);
  const activate = useMutation({
    ...trpc.contracts.activate.mutationOptions(),
    onSuccess: async (document) => {
      setActivated(document);
      setAsking(false);
      await queryClient.invalidateQueries(trpc.contracts.pathFilter());
    },
  });

  const problems = checked?.problems ?? [];
  const base = activated?.revision ?? revision ?? checked?.replaces ?? null;
  const unchanged = activated !== null && activated.yaml === yaml;
  const goToLine = (line: number) => editor.current?.goToLine(line);

  return (
    <div className="grid gap-x-6 gap-y-4 px-4 xl:grid-cols-[minmax(0,1fr)_360px]">
      <div className="min-w-0 space-y-3">
        <div className="flex flex-wrap items-center gap-2">
          <button
            type="button"
            className="button button-primary"
            disabled={!current || problems.length > 0 || checked?.flow == null || unchanged || activate.isPending}
            onClick={() => setAsking(true)}
          >
            <Zap size={14} aria-hidden />
            Activate
          </button>
          <button type="button" className="button" onClick={() => downloadText(`${checked?.flow?.id ?? flowId}.yaml`, yaml)}>
            <Download size={14} aria-hidden />
            Download
          </button>
          {yaml !== initial && !unchanged && <span className="text-muted">changed, not activated</span>}
        </div>
        {unchanged && activated !== null && <Activation activated={activated} />}
        <YamlEditor
          ref={editor}
          label={`Contract of ${flowId} as YAML`}
          value={yaml}
          onChange={setYaml}
          readOnly={activate.isPending}
          problemLines={new Set(problems.flatMap(({ file, line }) => (line === null || /\.ya?ml$/i.test(file) ? [] : [line])))}
          guessLines={new Set(placed.flatMap(({ line, changedTo }) => (line === null || changedTo !== null ? [] : [line])))}
        />
      </div>
      <div className="min-w-0 space-y-6">
        {problem !== null && <Notice severity="error" text={problem} />}
        <ProblemList problems={checked?.problems ?? null} checking={!current} onGoTo={goToLine} />
        {placed.length > 0 && <GuessList guesses={placed} onGoTo={goToLine} />}
      </div>
      {checked?.flow != null && (
        <ConsequencesDialog
          open={asking}
          title={`Activate ${checked.flow.name}`}
          consequences={activationConsequences(checked.flow, base)}
          verb="Activate"
          refrain="Not yet"
          pending={activate.isPending}
          problem={activate.isError ? activate.error.message : null}
          onConfirm={() => activate.mutate({ yaml, revision: base })}
          onClose={() => {
            activate.reset();
            setAsking(false);
          }}
        />
      )}
    </div>
  );
}
