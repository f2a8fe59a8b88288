import { EyeOff } from 'lucide-react';
import { countOf } from '../../../../_ui/format/number';

/** As the receiver writes a value it may not keep: that there was one, and how many characters it had. */
const MASKED = /^‹masked:(\d+)›$/;

export function AttributeTable({ title, attributes }: { title: string; attributes: Record<string, string> }) {
  const entries = Object.entries(attributes).toSorted(([a], [b]) => a.localeCompare(b));
  return (
    <section>
      <h3 className="mb-1 font-semibold">{title}</h3>
      {entries.length === 0 ? (
        <p className="text-muted">none</p>
      ) : (
        <table className="w-full table-fixed">
          <caption className="sr-only">{title}</caption>
          <tbody>
            {entries.map(([key, value]) => (
              <tr key={key} className="border-t border-line align-top">
                <th scope="row" className="w-2/5 py-1 pr-2 font-normal break-words text-muted">
                  {key}
                </th>
                <td className="py-1 break-words">
                  <AttributeValue value={value} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function AttributeValue({ value }: { value: string }) {
  const characters = MASKED.exec(value)?.[1];
  if (characters === undefined) return value === '' ? <span className="text-muted">empty</span> : value;
  return (
    <span className="inline-flex items-center gap-1 text-muted" title="The privacy list does not allow this value to be kept. Only its length was.">
      <EyeOff size={12} aria-hidden />
      masked, {countOf(Number(characters), 'character')}
    </span>
  );
}
