import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ComponentHealth } from '@/server/domain/health/flow-view';

/** What the supervisor of `npm run up` writes about its child processes; unknown keys are kept as detail. */
const supervisorFile = z.looseObject({
  updatedAt: z.string().optional(),
  /** What is off and how to turn it on, in sentences. */
  notes: z.array(z.string()).default([]),
  children: z.array(z.looseObject({
    name: z.string(),
    status: z.string().optional(),
    restarts: z.number().int().nonnegative().default(0),
    lastExit: z.string().nullish(),
    lastRestartAt: z.string().nullish(),
  })).default([]),
});

/** Restarts of child processes as the supervisor wrote them down; null where there is no supervisor (production start). */
export async function readSupervisorReport(file: string | undefined): Promise<ComponentHealth | null> {
  if (!file) return null;
  const base = { component: 'supervisor', instance: 'supervisor' };
  try {
    const report = supervisorFile.parse(JSON.parse(await readFile(file, 'utf8')));
    const restarted = report.children.filter((child) => child.restarts > 0);
    return {
      ...base,
      status: 'ok',
      summary: [
        restarted.length === 0
          ? `${report.children.length} ${report.children.length === 1 ? 'process' : 'processes'}, none restarted.`
          : `Restarted: ${restarted.map((child) => `${child.name} ${child.restarts} ${child.restarts === 1 ? 'time' : 'times'}`).join(', ')}.`,
        ...report.notes,
      ].join(' '),
      detail: { ...report },
      reportedAt: report.updatedAt ?? null,
    };
  } catch {
    return { ...base, status: 'warning', summary: 'The supervisor file cannot be read, so restarts are not known.', detail: {}, reportedAt: null };
  }
}
