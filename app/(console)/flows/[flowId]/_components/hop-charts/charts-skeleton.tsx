import { Loading, Skeleton } from '../../../../../_ui/states/skeleton';

/** Three charts before their first facts. */
export function ChartsSkeleton() {
  return (
    <Loading what="the charts of the hop">
      <ChartShapes />
    </Loading>
  );
}

/** Without words, for a page that announces all of its places at once. */
export function ChartShapes() {
  return [1, 2, 3].map((chart) => (
    <div key={chart} className="space-y-3 border-b border-line px-4 py-3 last:border-b-0">
      <Skeleton className="h-5 w-48 max-w-full" />
      <Skeleton className="h-48 w-full" />
    </div>
  ));
}
