import { cookies } from 'next/headers';
import { cache } from 'react';
import { connections } from '@/server/api/connections';
import type { Person } from '@/server/domain/roles/actor';
import { actorOfSession } from './request-actor';
import { sessionCookieName } from './session-cookie';

/** Who looks at the page that is being rendered; null when nobody is signed in. Asked once per render. */
export const currentActor = cache(async (): Promise<Person | null> => {
  const cookie = (await cookies()).get(sessionCookieName())?.value;
  return cookie === undefined ? null : actorOfSession(connections().db, cookie, new Date());
});
