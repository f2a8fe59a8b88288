import { ChevronRight } from 'lucide-react';

interface Props {
  /** Into the channel, out of it, or out of it for what failed. */
  side: 'in' | 'out' | 'dead';
  name: string;
  /** What is written on the line: binding key, routing key; empty for nothing. */
  label: string;
}

const WORDS: Record<Props['side'], string> = { in: 'from', out: 'to', dead: 'dead letters to' };

/** A station and the piece of track between it and the channel. */
export function TrackLine({ side, name, label }: Props) {
  const station = (
    <span className={`min-w-0 break-all ${side === 'dead' ? 'text-muted' : ''}`}>
      <span className={side === 'dead' ? '' : 'sr-only'}>{WORDS[side]} </span>
      {name}
    </span>
  );
  const line = (
    <span className="flex min-w-8 flex-1 items-center">
      <span aria-hidden className={`h-0 min-w-2 flex-1 border-t-2 ${side === 'dead' ? 'border-dashed' : ''} border-line-strong`} />
      {label !== '' && <code className="max-w-40 truncate px-1 text-xs text-muted" title={label}>{label}</code>}
      {label !== '' && <span aria-hidden className={`h-0 min-w-2 flex-1 border-t-2 ${side === 'dead' ? 'border-dashed' : ''} border-line-strong`} />}
      <ChevronRight size={14} aria-hidden className="-mx-1 shrink-0 text-muted" />
    </span>
  );
  return (
    <p className="flex min-w-0 items-center gap-2">
      {side === 'in' ? (
        <>
          {station}
          {line}
        </>
      ) : (
        <>
          {line}
          {station}
        </>
      )}
    </p>
  );
}
