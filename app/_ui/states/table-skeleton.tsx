import { Loading, Skeleton } from './skeleton';

/** A table of so many 32 px rows that has not arrived yet. */
export function TableSkeleton({ what, rows }: { what: string; rows: number }) {
  return (
    <Loading what={what}>
      <div className="border-y border-line bg-panel">
        {Array.from({ length: rows }, (_, row) => (
          <div key={row} className="flex h-8 items-center gap-8 border-b border-line px-4 last:border-b-0">
            <Skeleton className="h-4 w-24" />
            <Skeleton className="h-4 w-40" />
            <Skeleton className="h-4 flex-1" />
          </div>
        ))}
      </div>
    </Loading>
  );
}
