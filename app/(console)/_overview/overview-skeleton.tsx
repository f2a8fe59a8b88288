import { Loading, Skeleton } from '../../_ui/states/skeleton';

/** The overview's own shape, empty: sentence, filter, three wide rows, four folded lines. */
export function OverviewSkeleton() {
  return (
    <Loading what="the overview">
      <div className="space-y-4 pt-4">
        <div className="space-y-3 px-4">
          <Skeleton className="h-7 w-96 max-w-full" />
          <Skeleton className="h-8 w-full max-w-4xl" />
        </div>
        <div className="border-y border-line bg-panel">
          {[1, 2, 3].map((row) => (
            <div key={row} className="flex h-21 gap-4 border-b border-line px-4 py-3 last:border-b-0">
              <Skeleton className="h-4 w-24" />
              <div className="flex-1 space-y-2">
                <Skeleton className="h-4 w-64 max-w-full" />
                <Skeleton className="h-4 w-96 max-w-full" />
              </div>
              <Skeleton className="h-10 w-44 max-lg:hidden" />
            </div>
          ))}
        </div>
        <div className="border-y border-line bg-panel">
          {[1, 2, 3, 4].map((row) => (
            <div key={row} className="flex h-8 items-center border-b border-line px-4 last:border-b-0">
              <Skeleton className="h-4 w-72" />
            </div>
          ))}
        </div>
      </div>
    </Loading>
  );
}
