import { and, eq } from 'drizzle-orm';
import { schema, type Database } from '@/server/store/postgres';

/** A part that ends on purpose takes its report along; one that dies leaves it behind, and that is how others notice. */
export async function withdrawReport(db: Database, part: { component: string; instance: string }): Promise<void> {
  const { componentReports } = schema;
  await db.delete(componentReports).where(and(eq(componentReports.component, part.component), eq(componentReports.instance, part.instance)));
}
