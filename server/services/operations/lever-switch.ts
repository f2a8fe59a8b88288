/** One switch that disables all new lever actions everywhere. What is held stays held; what runs is finished or stopped by hand. */
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema, type Database } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';

const KEY = 'levers.disabled';

const disabledLevers = z.object({ by: z.string(), at: z.string(), reason: z.string() });
export type DisabledLevers = z.infer<typeof disabledLevers>;

export const leverSwitchInput = z.strictObject({ disabled: z.boolean(), reason: z.string().trim().min(3, { error: 'must say why' }).max(500) });

/** Null while levers may be pulled. */
export async function readLeverSwitch(db: Pick<Database, 'query'>): Promise<DisabledLevers | null> {
  const row = await db.query.settings.findFirst({ where: (setting, { eq: is }) => is(setting.key, KEY) });
  return row ? disabledLevers.parse(row.value) : null;
}

/** @throws Refusal conflict while levers are disabled */
export async function refuseWhileDisabled(db: Pick<Database, 'query'>): Promise<void> {
  const disabled = await readLeverSwitch(db);
  if (disabled) throw new Refusal('conflict', `All levers are disabled: ${disabled.by} did so at ${disabled.at} (${disabled.reason}). An engineer can enable them again under Operations.`);
}

/** @throws Refusal not-found without operations:run */
export async function setLeverSwitch(context: ServiceContext, input: z.input<typeof leverSwitchInput>): Promise<{ disabled: DisabledLevers | null }> {
  return audited(context, { action: input.disabled ? 'levers.disable' : 'levers.enable', subject: 'levers' }, async (tx, record) => {
    authorize(context, 'operations:run', 'The switch of the levers');
    const { disabled, reason } = leverSwitchInput.parse(input);
    const value: DisabledLevers = { by: actorLabel(context.actor), at: context.now().toISOString(), reason };
    record({ reason, before: await readLeverSwitch(tx), after: disabled ? value : null });
    if (disabled) await tx.insert(schema.settings).values({ key: KEY, value, updatedAt: context.now() }).onConflictDoUpdate({ target: schema.settings.key, set: { value, updatedAt: context.now() } });
    else await tx.delete(schema.settings).where(eq(schema.settings.key, KEY));
    return { disabled: disabled ? value : null };
  });
}
