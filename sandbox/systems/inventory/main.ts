import { untilMs } from '../../network/durations';
import { INTERFACES } from '../../network/interfaces';
import { fact } from '../../network/message';
import { ROUTES } from '../../network/routes';
import { putOnAgenda } from '../../runtime/agenda';
import { sendNextExtract } from '../../runtime/extract';
import { enqueue } from '../../runtime/interface-table';
import { takeItemVersion } from '../../runtime/item-subscription';
import { runSystem } from '../../runtime/system';
import { recordNextProcedure } from './record-procedure';

const PROCEDURES_PER_MINUTE = 80;
const EXTRACTS_PER_MINUTE = 75;

await runSystem({
  id: 'inventory',
  routes: ({ pool }) => [{ route: ROUTES.putItemInInventory, handle: (message) => takeItemVersion(pool, 'inventory', message) }],
  async start(context, parts) {
    const { pool, settings, faults } = context;

    await parts.consume(INTERFACES.shipNotice, 'inventory', (message) =>
      putOnAgenda(pool, 'inventory', 'receive goods', message, untilMs('received', settings.seed, message.facts.messageId, settings.factor)),
    );
    await parts.agenda({
      'receive goods': {
        run: ({ facts, details }) => {
          const receipt = `GR${fact({ facts, details }, 'purchaseOrder').slice(2)}`;
          return enqueue(context, pool, INTERFACES.receipt, 'erp', { facts: { ...facts, messageId: `GRN-${receipt}`, receipt }, details });
        },
      },
    });
    parts.tick('procedures', PROCEDURES_PER_MINUTE, async () => {
      if (!faults.isOn('feed-silent', 'procedures')) await recordNextProcedure(context);
    });
    const gate = parts.gate('supply-utilization-refresh');
    parts.tick('utilization-extracts', EXTRACTS_PER_MINUTE, async () => {
      if (gate?.mayRun() !== false) await sendNextExtract(context, 'utilization-extracts', INTERFACES.utilizationExtract, 'UX');
    });
  },
});
