import { createUser, createUserInput } from '@/server/services/users/create-user';
import { disableUser } from '@/server/services/users/disable-user';
import { listUsers } from '@/server/services/users/list-users';
import { resetPassword } from '@/server/services/users/reset-password';
import { listOf, required } from '../arguments';
import type { Command } from '../command';
import { asTable } from '../table';
import { scopeInWords } from './tokens';

export const userCreate: Command = async (context, { options }) => {
  const wanted = createUserInput.parse({
    email: required(options, 'email'), name: options.name, roles: listOf(required(options, 'role')), facilities: listOf(options.facilities), payers: listOf(options.payers),
  });
  const user = await createUser(context, wanted);
  return { data: user, text: `${user.email} can sign in with the password ${user.password} (shown only now).` };
};

export const userList: Command = async (context) => {
  const users = await listUsers(context);
  const rows = users.map((user) => [user.email, user.name, user.grants.map((grant) => `${grant.role} (${scopeInWords(grant.scope)})`).join(', ') || 'no role', user.disabledAt ? 'disabled' : 'active']);
  return { data: users, text: asTable(['E-MAIL', 'NAME', 'ROLES', 'STATE'], rows) };
};

export const userResetPassword: Command = async (context, { options }) => {
  const user = await resetPassword(context, { email: required(options, 'email') });
  return { data: user, text: `${user.email} can sign in with the password ${user.password} (shown only now).` };
};

export const userDisable: Command = async (context, { options }) => {
  const user = await disableUser(context, { email: required(options, 'email') });
  return { data: user, text: `${user.email} is disabled and signed out everywhere.` };
};
