import { z } from 'zod';
import { uuidv7 } from '@/server/domain/ids';
import { ROLES } from '@/server/domain/roles/permissions';
import { schema } from '@/server/store/postgres';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { audited } from '../audit/audited';
import { userForAudit } from './user-for-audit';
import { hashPassword, MIN_PASSWORD_LENGTH, randomPassword } from './password';

export const createUserInput = z.strictObject({
  email: z.email('is not an e-mail address').transform((value) => value.trim().toLowerCase()),
  name: z.string().trim().min(1, 'must not be empty').max(200).optional(),
  roles: z.array(z.enum(ROLES)).min(1, 'needs at least one role'),
  facilities: z.array(z.string()).min(1).nullable().default(null),
  payers: z.array(z.string()).min(1).nullable().default(null),
  /** Made up and returned once when absent. */
  password: z.string().min(MIN_PASSWORD_LENGTH, `needs at least ${MIN_PASSWORD_LENGTH} characters`).max(200).optional(),
});

type Writer = Pick<ServiceContext, 'db' | 'actor' | 'now'>;

/**
 * Makes a person who can sign in, with the given roles in one scope.
 *
 * @returns the password in clear, to be handed over; only its hash is stored
 * @throws Refusal conflict when the e-mail is taken
 */
export async function createUser(context: Writer, input: z.input<typeof createUserInput>): Promise<{ id: string; email: string; password: string }> {
  const wanted = createUserInput.parse(input);
  const password = wanted.password ?? randomPassword();
  const passwordHash = await hashPassword(password);
  const nowMs = context.now().getTime();
  return audited(context, { action: 'user.create', subject: `user:${wanted.email}` }, async (tx, record) => {
    authorize(context, 'users:manage', 'The user list');
    const [user] = await tx
      .insert(schema.users)
      .values({ id: uuidv7(nowMs), email: wanted.email, name: wanted.name ?? wanted.email.split('@')[0]!, passwordHash, createdAt: context.now() })
      .onConflictDoNothing()
      .returning();
    if (!user) throw new Refusal('conflict', `A user with the e-mail ${wanted.email} exists already. Reset the password, or use another address.`);
    const grants = [...new Set(wanted.roles)].map((role) => ({ role, facilities: wanted.facilities, payers: wanted.payers }));
    await tx.insert(schema.roleGrants).values(grants.map((grant) => ({ ...grant, id: uuidv7(nowMs), userId: user.id, createdAt: context.now() })));
    record({ after: userForAudit(user, grants) });
    return { id: user.id, email: user.email, password };
  });
}
