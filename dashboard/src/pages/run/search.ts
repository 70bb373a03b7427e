import { z } from 'zod';
import { integer } from '../../url/fields.js';

/** What of the run page's view is in its address. */
export const RunSearch = z.object({
  /** Number of the iteration that is looked at. */
  iteration: integer,
});
