import type { SourceView } from '@/server/services/sources/source-view';
import { Fact, FactGrid } from '../../../../_ui/fact-grid';
import { RelativeTime } from '../../../../_ui/live/relative-time';
import { settingFacts } from '../_facts/setting-facts';

/** Where and as whom Signalbox connects; passwords are shown to nobody. */
export function SourceFacts({ source }: { source: SourceView }) {
  return (
    <div className="border-y border-line bg-panel px-4 py-3">
      <FactGrid>
        {settingFacts(source).map(({ term, text }) => (
          <Fact key={term} term={term}>
            <span className="break-all">{text}</span>
          </Fact>
        ))}
        {source.settings !== null && (
          <>
            <Fact term="User for observing">{source.observeUser ?? 'none: not tapped'}</Fact>
            <Fact term="User for levers">{source.leverUser ?? 'none: observe-only'}</Fact>
          </>
        )}
        <Fact term="Recognised in telemetry as">
          {source.match.length === 0 && 'nothing'}
          {source.match.map(({ address, port, namespace }) => (
            <span key={`${address} ${port} ${namespace}`} className="block break-all">
              {address}
              {port !== undefined && `:${port}`}
              {namespace !== undefined && `/${namespace}`}
            </span>
          ))}
        </Fact>
        {source.updatedAt !== null && (
          <Fact term="Changed">
            <RelativeTime instant={source.updatedAt} /> by {source.updatedBy}
          </Fact>
        )}
      </FactGrid>
    </div>
  );
}
