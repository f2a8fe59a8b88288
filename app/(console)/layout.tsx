import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { Suspense } from 'react';
import { currentActor } from '@/server/auth/session';
import { readMe } from '@/server/services/users/read-me';
import { RefreshProvider } from '../_ui/live/refresh';
import { RAIL_COOKIE } from './_shell/rail-preference';
import { Shell } from './_shell/shell';

/** Everything behind the sign-in. Procedures check rights again; this only decides what is worth rendering. */
export default async function ConsoleLayout({ children }: { children: React.ReactNode }) {
  const actor = await currentActor();
  if (actor === null) {
    const path = (await headers()).get('x-path') ?? '/';
    redirect(`/sign-in?callbackUrl=${encodeURIComponent(path)}`);
  }
  const railCollapsed = (await cookies()).get(RAIL_COOKIE)?.value === 'collapsed';
  return (
    <RefreshProvider>
      <Suspense>
        <Shell person={{ name: actor.name, email: actor.email }} me={readMe({ actor })} railCollapsed={railCollapsed}>
          {children}
        </Shell>
      </Suspense>
    </RefreshProvider>
  );
}
