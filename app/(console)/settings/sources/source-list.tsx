import type { SourceView } from '@/server/services/sources/source-view';
import { Notice } from '../../../_ui/states/notice';
import { NoSources } from './no-sources';
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
      {connected.length === 0 ? <NoSources mayManage={mayManage} /> : <SourceTable caption="Sources" sources={connected} />}
      {recognised.length > 0 && (
        <section aria-labelledby="recognised" className="space-y-2">
          <h2 id="recognised" className="px-4 text-lg font-semibold">
            Recognised in telemetry
          </h2>
          <p className="px-4 text-muted">Named by contract files, so that spans find their channel. Signalbox does not connect to these.</p>
          <SourceTable caption="Sources that are recognised in telemetry" sources={recognised} />
        </section>
      )}
    </div>
  );
}
