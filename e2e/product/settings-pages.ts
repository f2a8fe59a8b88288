/** Every page below Settings that an administrator can open without having made anything first. */
export const SETTINGS_PAGES = [
  '/settings/health',
  '/settings/tokens',
  '/settings/sources',
  '/settings/sources/new',
  '/settings/sources/new?kind=postgres',
  '/settings/sources/interface-db',
  '/settings/sources/interface-db/discovery',
  '/settings/contracts',
  '/settings/notifications',
];
