import type { SourceView } from '@/server/services/sources/source-view';
import { Notice } from '../../../_ui/states/notice';
import { NoSources } from './no-sources';
import { RecognisedSources } from './recognised-sources';
import { SourceTable } from './source-table';

/** Sources that Signalbox connects to, then those that it only recognises in telemetry. */
export function SourceList({ sources, mayManage, failed }: { sources: readonly SourceView[]; mayManage: boolean; failed: boolean }) {
  const connected = sources.filter(({ settings }) => settings !== null);
  const recognised = sources.filter(({ settings }) => settings === null);
  return (
    <div className="space-y-8">
      {failed && (
        <div className="px-4">
          <Notice severity="error" text="The last refresh got no answer. What you see may be out of date." />
        </div>
      )}
      {connected.length === 0 ? <NoSources mayManage={mayManage} /> : <SourceTable sources={connected} />}
      {recognised.length > 0 && <RecognisedSources sources={recognised} />}
    </div>
  );
}
