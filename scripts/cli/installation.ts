import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { UsageError } from './usage';

export interface Installation {
  databaseUrl: string;
  clickhouseUrl: string;
  /** SIGNALBOX_SECRET, which only commands about sources need. */
  secret: string | undefined;
  /** Where the web can be reached. */
  webUrl: string | undefined;
}

const environmentFile = z.looseObject({ DATABASE_URL: z.string().min(1), CLICKHOUSE_URL: z.string().min(1), SIGNALBOX_SECRET: z.string().optional(), NEXTAUTH_URL: z.string().optional() });

/**
 * Where the stores are, and the installation's secret: the environment first, else what a running `npm run up` wrote into its data directory.
 *
 * @throws UsageError that says what to start or set
 */
export function findInstallation(env: Record<string, string | undefined>, dataDir: string | undefined): Installation {
  if (env.DATABASE_URL && env.CLICKHOUSE_URL) return { databaseUrl: env.DATABASE_URL, clickhouseUrl: env.CLICKHOUSE_URL, secret: env.SIGNALBOX_SECRET, webUrl: env.NEXTAUTH_URL };
  const directory = resolve(dataDir ?? env.SIGNALBOX_DATA_DIR ?? '.signalbox');
  const file = join(directory, 'run', 'environment.json');
  if (!existsSync(file)) {
    throw new UsageError(`No running Signalbox was found in ${directory}: start it with "npm run up", name its --data-dir, or set DATABASE_URL and CLICKHOUSE_URL.`);
  }
  const parsed = environmentFile.safeParse(parseJson(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new UsageError(`${file} cannot be read: restart "npm run up", which writes it anew, or set DATABASE_URL and CLICKHOUSE_URL.`);
  return { databaseUrl: env.DATABASE_URL ?? parsed.data.DATABASE_URL, clickhouseUrl: env.CLICKHOUSE_URL ?? parsed.data.CLICKHOUSE_URL, secret: env.SIGNALBOX_SECRET ?? parsed.data.SIGNALBOX_SECRET, webUrl: env.NEXTAUTH_URL ?? parsed.data.NEXTAUTH_URL };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
