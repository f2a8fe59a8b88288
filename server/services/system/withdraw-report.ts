import { and, eq, notInArray } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';

/** A part that ends on purpose takes its report along; one that dies leaves it behind, and that is how others notice. */
export async function withdrawReport(db: Database, part: { component: string; instance: string }): Promise<void> {
  const { componentReports } = schema;
  await db.delete(componentReports).where(and(eq(componentReports.component, part.component), eq(componentReports.instance, part.instance)));
}

/** Forgets instances of a part that exist no more, e.g. taps of sources that were removed. */
export async function withdrawOtherReports(db: Database, component: string, instances: readonly string[]): Promise<void> {
  const { componentReports } = schema;
  await db.delete(componentReports).where(and(eq(componentReports.component, component), notInArray(componentReports.instance, [...instances])));
}
