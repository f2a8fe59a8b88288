'use client';

import { useQuery } from '@tanstack/react-query';
import type { Permission } from '@/server/domain/roles/permissions';
import { useTRPC } from '../../_api/trpc';

/** Whether the viewer holds a permission; null while it is not known yet. The server decides again on every call. */
export function usePermission(permission: Permission): boolean | null {
  const me = useQuery({ ...useTRPC().me.get.queryOptions(), staleTime: 60_000 });
  if (me.data === undefined) return me.isError ? false : null;
  return me.data.permissions.includes(permission);
}
