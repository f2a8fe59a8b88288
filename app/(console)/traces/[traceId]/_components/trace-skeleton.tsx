import { Loading, Skeleton } from '../../../../_ui/states/skeleton';

const WIDTHS = ['w-full', 'w-4/5', 'w-1/2', 'w-2/3', 'w-1/3', 'w-3/4', 'w-1/4', 'w-3/5'];

export function TraceSkeleton() {
  return (
    <Loading what="the trace">
      <div className="space-y-2 px-4">
        <Skeleton className="h-7 w-80 max-w-full" />
        <Skeleton className="h-5 w-96 max-w-full" />
      </div>
      <div className="mt-4 border-y border-line bg-panel">
        {WIDTHS.map((width) => (
          <div key={width} className="grid h-8 grid-cols-[2fr_3fr] items-center gap-4 border-b border-line px-4 last:border-b-0">
            <Skeleton className="h-4 w-40 max-w-full" />
            <Skeleton className={`h-4 ${width}`} />
          </div>
        ))}
      </div>
    </Loading>
  );
}
