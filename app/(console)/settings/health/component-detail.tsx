import { formatDuration } from '../../../_ui/format/duration';
import { formatCount } from '../../../_ui/format/number';
import { RelativeTime } from '../../../_ui/live/relative-time';

type Facts = Record<string, unknown>;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** What a part tells about itself beyond its summary: folded, because it is read when something is wrong. */
export function ComponentDetail({ detail }: { detail: Facts }) {
  if (known(detail).length === 0) return null;
  return (
    <details>
      <summary className="inline-flex min-h-[24px] items-center text-muted hover:text-ink">Details</summary>
      <FactList facts={detail} />
    </details>
  );
}

function FactList({ facts }: { facts: Facts }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4">
      {known(facts).map(([key, value]) => (
        <div key={key} className="contents">
          <dt className="text-muted">{wordsOf(key)}</dt>
          <dd className="min-w-0 break-words">
            <FactValue name={key} value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function FactValue({ name, value }: { name: string; value: unknown }) {
  if (typeof value === 'number') return name.endsWith('Ms') ? formatDuration(value) : formatNumber(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return INSTANT.test(value) ? <RelativeTime instant={value} /> : value;
  if (Array.isArray(value) && value.every(isFacts)) {
    return value.map((facts, index) => <FactLine key={nameOf(facts) ?? index} facts={facts} />);
  }
  if (Array.isArray(value)) return value.map(String).join(', ');
  return isFacts(value) ? <FactLine facts={value} /> : null;
}

/** One thing of several, on one line: `collectors: status running, restarts 2, last restart 3 m ago`. */
function FactLine({ facts }: { facts: Facts }) {
  const name = nameOf(facts);
  return (
    <span className="block">
      {name !== null && <span className="font-medium">{name}: </span>}
      {known(facts)
        .filter(([key]) => key !== 'name')
        .map(([key, value], index) => (
          <span key={key}>
            {index > 0 && ', '}
            <span className="text-muted">{wordsOf(key)}</span> <FactValue name={key} value={value} />
          </span>
        ))}
    </span>
  );
}

/** What is not known is left out. */
function known(facts: Facts): [string, unknown][] {
  return Object.entries(facts).filter(([, value]) => value !== null && value !== undefined);
}

function isFacts(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(facts: Facts): string | null {
  return typeof facts.name === 'string' ? facts.name : null;
}

/** Process ids and the like are whole numbers but no quantities; only large ones get separators. */
function formatNumber(value: number): string {
  return Number.isInteger(value) && value >= 1e6 ? formatCount(value) : String(value);
}

/** `spoolBytes` → `spool bytes`, `answeredInMs` → `answered in`. */
function wordsOf(key: string): string {
  return key.replace(/Ms$/, '').replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
