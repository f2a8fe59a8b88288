import { Search } from 'lucide-react';
import { PAGE_SEARCH } from '../../../../../../_ui/keyboard/row-keys';
import type { ChannelFilter } from './wired-channels';

export type TopologyFilterValues = ChannelFilter;

interface Props {
  values: TopologyFilterValues;
  setValues: (change: Partial<TopologyFilterValues>) => void;
  shown: number;
  total: number;
}

export function TopologyFilter({ values, setValues, shown, total }: Props) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4">
      <label className="relative min-w-48 flex-1 sm:max-w-80">
        <Search size={14} aria-hidden className="absolute top-2.25 left-2 text-muted" />
        <input
          {...PAGE_SEARCH}
          type="search"
          aria-label="Search channels"
          placeholder="Channel, exchange, consumer or flow"
          className="field w-full pl-7 placeholder:text-muted"
          value={values.q}
          onChange={(event) => setValues({ q: event.target.value })}
        />
      </label>
      <label className="flex min-h-8 items-center gap-2">
        <input type="checkbox" className="size-4 accent-(--accent)" checked={values.uncovered} onChange={(event) => setValues({ uncovered: event.target.checked })} />
        Only without a flow
      </label>
      <p role="status" className="text-muted">
        {shown === total ? `${total} shown` : `${shown} of ${total} shown`}
      </p>
    </div>
  );
}
