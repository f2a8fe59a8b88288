import type { Edge } from './module-graph';

/** A sentence about who may import whom, and the imports that break it. */
export interface ImportRule {
  name: string;
  /** What to do instead, or why; printed with every violation. */
  because: string;
  breaks(edge: Edge): boolean;
}

const TEST = /\.test\.tsx?$|\/testing\//;
const DRIVER = /^(pg|@clickhouse\/client|drizzle-orm\/(?!pg-core$).+)(\/|$)/;
/** Programs around the product, and tests: they may import anything. */
const FREE = /^(scripts|bench|e2e)\//;
/** Looks into databases of customers, which are no stores of ours: see docs/decisions/0012. */
const CUSTOMER_DATABASE = 'collectors/interface-tables/postgres/';
const CONNECTOR = /^collectors\/(?!runtime\/)([^/]+)\//;

const isFree = (file: string): boolean => FREE.test(file) || TEST.test(file);
const isOneOf = (file: string, ...folders: string[]): boolean => folders.some((folder) => file.startsWith(folder));

/** The rules of one layer: its own folder and the named ones, and nothing else of ours. */
function layer(folder: string, allowed: readonly string[], because: string): ImportRule {
  return {
    name: `${folder.replace(/\/$/, '')} imports only ${allowed.length > 0 ? allowed.join(', ') : 'itself'}`,
    because,
    breaks: ({ from, to, internal }) =>
      internal && from.startsWith(folder) && !isFree(from) && !isOneOf(to, folder, ...allowed),
  };
}

/** Who may import whom. Cycles and what reaches the browser are judged on the whole graph, in check-graph.ts. */
export const IMPORT_RULES: readonly ImportRule[] = [
  layer('app/', ['server/'], 'pages reach everything through the server'),
  layer('collectors/', ['server/'], 'collectors share only the server with the web'),
  {
    name: 'sandbox imports nothing of ours',
    because: 'it stands for a customer, who has only our public HTTP interfaces',
    breaks: ({ from, to, internal }) =>
      internal && from.startsWith('sandbox/') && !isFree(from) && !to.startsWith('sandbox/'),
  },
  layer('drizzle/', [], 'the schema is read by every side'),
  layer('server/domain/', [], 'the domain is pure and stands alone'),
  {
    name: 'server/domain does no I/O',
    because: 'facts come in as arguments; of Node it may use node:crypto for hashes',
    breaks: ({ from, to, internal }) =>
      !internal && from.startsWith('server/domain/') && !isFree(from) && to.startsWith('node:') && to !== 'node:crypto',
  },
  layer('server/store/', ['server/domain/', 'drizzle/'], 'the store knows no verbs and no questions'),
  layer('server/queries/', ['server/store/', 'server/domain/'], 'a question stands on the store, not on a verb'),
  layer(
    'server/services/',
    ['server/queries/', 'server/store/', 'server/domain/', 'drizzle/'],
    'a verb is called by routers and pages and calls neither',
  ),
  {
    name: 'database drivers only in server/store',
    because: 'use the clients of server/store; drizzle-orm itself (operators) and drizzle-orm/pg-core are no drivers',
    breaks: ({ from, to }) =>
      DRIVER.test(to) && !isFree(from) && !isOneOf(from, 'server/store/', 'sandbox/') && from !== 'drizzle.config.ts' &&
      !(/^pg(\/|$)/.test(to) && from.startsWith(CUSTOMER_DATABASE)),
  },
  {
    name: 'next-auth only in server/auth',
    because: 'it has one importer, so it can be replaced',
    breaks: ({ from, to }) => /^next-auth(\/|$)/.test(to) && !from.startsWith('server/auth/'),
  },
  {
    name: 'server and collectors know no React and no Next',
    because: 'both must run without the web; only server/auth and server/api meet Next requests',
    breaks: ({ from, to }) =>
      /^(react|react-dom|next)(\/|$)/.test(to) &&
      isOneOf(from, 'server/', 'collectors/') &&
      !isOneOf(from, 'server/auth/', 'server/api/'),
  },
  {
    name: 'nothing imports app',
    because: 'move what is shared to the server',
    breaks: ({ from, to, internal }) =>
      internal && to.startsWith('app/') && !from.startsWith('app/') && !isFree(from),
  },
  {
    name: 'nothing imports collectors',
    because: 'move what is shared to the server',
    breaks: ({ from, to, internal }) =>
      internal && to.startsWith('collectors/') && !from.startsWith('collectors/') && !isFree(from),
  },
  {
    name: 'a connector imports no other connector',
    because: 'what connectors share is collectors/runtime or the server',
    breaks: ({ from, to, internal }) => {
      const [importer, imported] = [CONNECTOR.exec(from)?.[1], CONNECTOR.exec(to)?.[1]];
      return internal && !isFree(from) && imported !== undefined && importer !== undefined && importer !== imported;
    },
  },
  {
    name: 'collectors/runtime imports no connector',
    because: 'the runtime gets its connectors from collectors/main.ts',
    breaks: ({ from, to, internal }) =>
      internal && from.startsWith('collectors/runtime/') && !isFree(from) && CONNECTOR.test(to),
  },
  {
    name: 'the product imports no test code',
    because: 'test files and testing folders are not part of what runs',
    breaks: ({ from, to, internal }) => internal && TEST.test(to) && !isFree(from),
  },
];
