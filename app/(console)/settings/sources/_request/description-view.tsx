import type { Capability, SourceDescription } from '@/server/domain/sources/description';
import { Fact, FactGrid } from '../../../../_ui/fact-grid';
import { formatDuration } from '../../../../_ui/format/duration';
import { Verdict } from '../../../../_ui/status/verdict';
import { CAPABILITY_WORDS, clockWords } from './description-words';
import { PermissionList } from './permission-list';

/** What a test of a connection found. */
export function DescriptionView({ description }: { description: SourceDescription }) {
  if (!description.reachable) {
    return (
      <p className="text-base break-words">
        <Verdict kind="no">Not reachable</Verdict> <span className="block">{description.problem}</span>
      </p>
    );
  }
  return (
    <div className="space-y-4">
      <FactGrid>
        <Fact term="Connection">
          <Verdict kind="yes">Reachable</Verdict>
        </Fact>
        <Fact term="Version">
          {description.product} {description.version}
          {!description.isTestedVersion && (
            <span className="block">
              <Verdict kind="limited">Not a tested version: features were probed one by one</Verdict>
            </span>
          )}
        </Fact>
        <Fact term="Latency">{formatDuration(description.latencyMs)}</Fact>
        <Fact term="Clock difference">{clockWords(description.clockDifferenceMs)}</Fact>
      </FactGrid>
      {description.notes.length > 0 && (
        <ul className="max-w-prose list-disc space-y-1 pl-5 marker:text-muted">
          {description.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <div className="grid gap-x-8 gap-y-4 xl:grid-cols-2">
        <Capabilities capabilities={description.capabilities} />
        <PermissionList permissions={description.permissions} />
      </div>
    </div>
  );
}

function Capabilities({ capabilities }: { capabilities: readonly Capability[] }) {
  return (
    <section>
      <h3 className="mb-1 font-medium">What it can be used for</h3>
      <ul className="space-y-1">
        {capabilities.map(({ id, available, note }) => (
          <li key={id}>
            <Verdict kind={!available ? 'no' : note === '' ? 'yes' : 'limited'}>{CAPABILITY_WORDS[id]}</Verdict>
            {note !== '' && <p className="pl-5 break-words text-muted">{note}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
