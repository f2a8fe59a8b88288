import Link from 'next/link';
import { EmptyState } from '../../../_ui/states/empty-state';

export function NoSources({ mayManage }: { mayManage: boolean }) {
  return (
    <div className="px-4">
      <EmptyState title="No source is connected yet">
        <p>
          Connect a RabbitMQ cluster or a database with interface tables: Signalbox then shows what waits at each channel, how old it is,
          when it will be gone and what failed. It only looks; levers need credentials of their own.
        </p>
        {mayManage ? (
          <p>
            <Link href="/settings/sources/new" className="figure-link text-accent">
              Add the first source
            </Link>{' '}
            or declare it with a <code>connect</code> block in a Sources file of the contract folder.
          </p>
        ) : (
          <p>Adding one needs the permission sources:manage. An administrator can add it, or grant it to you.</p>
        )}
      </EmptyState>
    </div>
  );
}
