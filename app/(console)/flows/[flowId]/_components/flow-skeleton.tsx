import { Loading, Skeleton } from '../../../../_ui/states/skeleton';
import { ChartShapes } from './hop-charts/charts-skeleton';

export function FlowSkeleton() {
  return (
    <Loading what="the flow">
      <div className="space-y-8">
        <div className="space-y-2 px-4">
          <Skeleton className="h-7 w-80 max-w-full" />
          <Skeleton className="h-5 w-40" />
          <Skeleton className="h-5 w-96 max-w-full" />
        </div>
        <div className="grid h-52 gap-4 border-y border-line bg-panel p-4 md:grid-cols-3">
          {[1, 2, 3].map((hop) => (
            <Skeleton key={hop} className="h-full w-full" />
          ))}
        </div>
        <div className="border-y border-line bg-panel">
          <ChartShapes />
        </div>
      </div>
    </Loading>
  );
}
