'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../_api/trpc';
import { useRefreshInterval } from '../../../_ui/live/refresh';
import { usePermission } from '../../_session/permission';

const ROWS = 20;

/** The newest operations of one flow; nothing is asked for where the viewer may not see them. */
export function useFlowOperations(flowId: string) {
  const permitted = usePermission('operations:read');
  const refetchInterval = useRefreshInterval();
  return useQuery({ ...useTRPC().operations.list.queryOptions({ flowId, state: 'all', limit: ROWS }), enabled: permitted === true, refetchInterval });
}
