import type { Metadata } from 'next';
import { currentActor } from '@/server/auth/session';
import { readMe } from '@/server/services/users/read-me';
import { SettingsList } from './settings-list';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage() {
  const actor = await currentActor();
  return <SettingsList permissions={actor === null ? [] : readMe({ actor }).permissions} />;
}
