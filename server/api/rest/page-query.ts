import { z } from 'zod';
import { slug } from '../schemas/primitives';

/** Query parameters of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('Items per page'),
  cursor: slug.optional().describe('nextCursor of the page before'),
};
