import type { Json } from '@/server/domain/canonical-json';
import { DataTable } from '../../../_ui/data-table';
import { NOT_KNOWN } from '../../../_ui/format/number';
import { memberChanges, type MemberChange } from './member-changes';

/** What was before and after, member by member; what differs is marked in words too. */
export function ChangeTable({ before, after }: { before: Json; after: Json }) {
  const changes = memberChanges(before, after);
  if (changes.length === 0) return null;
  return (
    <div className="-mx-4">
      <DataTable
        caption="Before and after"
        rows={changes}
        rowKey={({ member }) => member}
        columns={[
          { header: 'What', cell: What, className: 'align-top break-words' },
          { header: 'Before', cell: ({ before: value }) => <Value value={value} />, className: 'align-top [overflow-wrap:anywhere] md:min-w-40' },
          { header: 'After', cell: ({ after: value, isChanged }) => <Value value={value} strong={isChanged} />, className: 'align-top [overflow-wrap:anywhere] md:min-w-40' },
        ]}
      />
    </div>
  );
}

function What({ member, before: was, after: is, isChanged }: MemberChange) {
  return (
    <>
      {member || 'value'}
      <span className="ml-2 text-muted max-md:ml-0 max-md:block">{isChanged ? (was === null ? 'new' : is === null ? 'gone' : 'changed') : 'as before'}</span>
    </>
  );
}

function Value({ value, strong = false }: { value: string | null; strong?: boolean }) {
  return value === null ? <span className="text-muted">{NOT_KNOWN}</span> : <span className={strong ? 'font-medium' : ''}>{value}</span>;
}
