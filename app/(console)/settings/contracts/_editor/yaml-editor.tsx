'use client';

import { useImperativeHandle, useRef } from 'react';

const LINE_PX = 20;
/** Lines left visible above the one that is gone to. */
const CONTEXT_LINES = 4;

export interface YamlEditorHandle {
  /** Puts the cursor into a line, selects it and brings it into view. */
  goToLine: (line: number) => void;
}

interface Props {
  ref: React.Ref<YamlEditorHandle>;
  label: string;
  value: string;
  onChange: (value: string) => void;
  readOnly: boolean;
  /** Lines with a problem, and lines with a guess; counted from 1. */
  problemLines: ReadonlySet<number>;
  guessLines: ReadonlySet<number>;
}

/** A plain text field with line numbers: every editing key of the browser, and of assistive technology, works in it. */
export function YamlEditor({ ref, label, value, onChange, readOnly, problemLines, guessLines }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  const lines = value.split('\n');
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0);

  useImperativeHandle(ref, () => ({
    goToLine: (line) => {
      const before = lines.slice(0, line - 1).reduce((length, { length: own }) => length + own + 1, 0);
      text.current?.focus({ preventScroll: true });
      text.current?.setSelectionRange(before, before + (lines[line - 1]?.length ?? 0));
      frame.current?.scrollIntoView({ block: 'nearest' });
      frame.current?.scrollTo({ top: (line - 1 - CONTEXT_LINES) * LINE_PX, left: 0 });
    },
  }));

  return (
    <div ref={frame} className="grid max-h-[70vh] grid-cols-[auto_1fr] overflow-auto rounded-sm border border-line-strong bg-panel font-mono text-sm">
      <ol aria-hidden className="sticky left-0 z-1 border-r border-line bg-panel py-2 text-right text-muted tabular-nums select-none">
        {lines.map((_, index) => (
          <LineNumber key={index} line={index + 1} hasProblem={problemLines.has(index + 1)} hasGuess={guessLines.has(index + 1)} />
        ))}
      </ol>
      <textarea
        ref={text}
        aria-label={label}
        value={value}
        readOnly={readOnly}
        rows={lines.length}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        className="resize-none overflow-hidden bg-transparent px-3 py-2 leading-5 focus-visible:outline-offset-[-2px]"
        style={{ width: `max(100%, calc(${longest + 1}ch + 24px))` }}
      />
    </div>
  );
}

function LineNumber({ line, hasProblem, hasGuess }: { line: number; hasProblem: boolean; hasGuess: boolean }) {
  const tone = hasProblem ? 'bg-failing font-semibold text-panel' : hasGuess ? 'font-semibold text-degraded' : '';
  return (
    <li className={`h-5 pr-2 pl-1 leading-5 ${tone}`}>
      <span className="inline-block w-4 text-left">{hasProblem ? '!' : hasGuess ? '?' : ''}</span>
      {line}
    </li>
  );
}
