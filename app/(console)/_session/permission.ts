'use client';

import { useQuery } from '@tanstack/react-query';
import type { Permission } from '@/server/domain/roles/permissions';
import type { Me } from '@/server/services/users/read-me';
import { useTRPC } from '../../_api/trpc';

const STALE_MS = 60_000;

/** Whether the viewer holds a permission; null while it is not known yet. The server decides again on every call. */
export function usePermission(permission: Permission): boolean | null {
  const me = useQuery({ ...useTRPC().me.get.queryOptions(), staleTime: STALE_MS });
  if (me.data === undefined) return me.isError ? false : null;
  return me.data.permissions.includes(permission);
}

/** All permissions of the viewer, from the first paint on: the server already knew them when it rendered the page. */
export function usePermissions(asRendered: Me): readonly Permission[] {
  return useQuery({ ...useTRPC().me.get.queryOptions(), staleTime: STALE_MS, initialData: asRendered }).data.permissions;
}
