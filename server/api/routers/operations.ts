import { withVault } from '@/server/api/installation-box';
import { procedureFor, router } from '@/server/api/trpc';
import { operationRequest } from '@/server/domain/operations/request';
import { approveInput, approveOperation, rejectInput, rejectOperation } from '@/server/services/operations/approve-operation';
import { confirmInEmergency, confirmInput, confirmOperation } from '@/server/services/operations/confirm-operation';
import { extendHold, extendInput, takeOverHold, takeOverInput } from '@/server/services/operations/keep-hold';
import { leverFrameInput, readLeverFrame } from '@/server/services/operations/lever-frame';
import { leverSwitchInput, readLeverSwitch, setLeverSwitch } from '@/server/services/operations/lever-switch';
import { listHolds, listHoldsInput } from '@/server/services/operations/list-holds';
import { listItems, listItemsInput } from '@/server/services/operations/list-items';
import { listApprovals, listOperations, listOperationsInput } from '@/server/services/operations/list-operations';
import { readEdit, readEditInput } from '@/server/services/operations/read-edit';
import { readOperation, readOperationInput } from '@/server/services/operations/read-operation';
import { decideReceived, decideReceivedInput } from '@/server/services/operations/received/decide-received';
import { exportReceived, exportReceivedInput } from '@/server/services/operations/received/export-received';
import { listReceived, listReceivedInput } from '@/server/services/operations/received/list-received';
import { requestOperation } from '@/server/services/operations/request-operation';
import { reviewInput, reviewOperation, stopInput, stopOperation } from '@/server/services/operations/stop-operation';

export const operationsRouter = router({
  frame: procedureFor('flows:read').input(leverFrameInput).query(({ ctx, input }) => readLeverFrame(ctx, input)),
  holds: procedureFor('flows:read').input(listHoldsInput).query(({ ctx, input }) => listHolds(ctx, input)),
  /** What the alternate of a reroute received. */
  received: procedureFor('messages:read').input(listReceivedInput).query(({ ctx, input }) => listReceived(ctx, input)),
  /** What becomes of messages that it received: kept, and done by nobody here. */
  decideReceived: procedureFor('operations:run').input(decideReceivedInput).mutation(({ ctx, input }) => decideReceived(ctx, input)),
  /** Taking it along as a file is audited, so it is no query. */
  exportReceived: procedureFor('messages:read').input(exportReceivedInput).mutation(({ ctx, input }) => exportReceived(ctx, input)),
  list: procedureFor('operations:read').input(listOperationsInput).query(({ ctx, input }) => listOperations(ctx, input)),
  byId: procedureFor('operations:read').input(readOperationInput).query(({ ctx, input }) => readOperation(ctx, input)),
  items: procedureFor('messages:read').input(listItemsInput).query(({ ctx, input }) => listItems(ctx, input)),
  /** What waits for the caller's decision; empty for who may not decide. */
  approvals: procedureFor('operations:read').query(({ ctx }) => listApprovals(ctx)),
  request: procedureFor('operations:plan').input(operationRequest).mutation(({ ctx, input }) => requestOperation(withVault(ctx), input)),
  /** Values that it writes into its message; audited, so it is no query. */
  readEdit: procedureFor('operations:read').input(readEditInput).mutation(({ ctx, input }) => readEdit(withVault(ctx), input)),
  confirm: procedureFor('operations:run').input(confirmInput).mutation(({ ctx, input }) => confirmOperation(ctx, input)),
  emergency: procedureFor('operations:emergency').input(confirmInput).mutation(({ ctx, input }) => confirmInEmergency(ctx, input)),
  approve: procedureFor('operations:approve').input(approveInput).mutation(({ ctx, input }) => approveOperation(ctx, input)),
  reject: procedureFor('operations:approve').input(rejectInput).mutation(({ ctx, input }) => rejectOperation(ctx, input)),
  stop: procedureFor('operations:run').input(stopInput).mutation(({ ctx, input }) => stopOperation(ctx, input)),
  /** Before it began; the same verb. */
  cancel: procedureFor('operations:run').input(stopInput).mutation(({ ctx, input }) => stopOperation(ctx, input)),
  review: procedureFor('operations:approve').input(reviewInput).mutation(({ ctx, input }) => reviewOperation(ctx, input)),
  takeOver: procedureFor('operations:run').input(takeOverInput).mutation(({ ctx, input }) => takeOverHold(ctx, input)),
  extend: procedureFor('operations:run').input(extendInput).mutation(({ ctx, input }) => extendHold(ctx, input)),
  switch: procedureFor('flows:read').query(async ({ ctx }) => ({ disabled: await readLeverSwitch(ctx.db) })),
  setSwitch: procedureFor('operations:run').input(leverSwitchInput).mutation(({ ctx, input }) => setLeverSwitch(ctx, input)),
});
