import type { HoldView } from '@/server/services/operations/operation-view';
import { CopyButton } from '../../../_ui/copy-button';
import { countOf } from '../../../_ui/format/number';

/** How to look at it and undo it with the technology's own tools, for the night when Signalbox itself is down. */
export function NativeCommands({ commands }: { commands: HoldView['nativeCommands'] }) {
  if (commands.length === 0) return null;
  return (
    <details>
      <summary className="w-fit min-h-8 py-1.5 font-medium">Without Signalbox: {countOf(commands.length, 'native command')}</summary>
      <p className="mb-2 text-muted">Keep these at hand: they inspect and undo the hold while Signalbox is down. Passwords are left out.</p>
      <ol className="space-y-3">
        {commands.map(({ what, command }) => (
          <li key={`${what} ${command}`}>
            <p className="mb-1">{what}</p>
            <div className="flex items-start gap-2">
              <pre className="min-w-0 flex-1 overflow-x-auto rounded-sm border border-line bg-page p-2 text-xs" tabIndex={0} role="region" aria-label={what}>
                {command}
              </pre>
              <CopyButton text={command} what={`the command: ${what}`} />
            </div>
          </li>
        ))}
      </ol>
    </details>
  );
}
