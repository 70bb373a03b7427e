import { z } from 'zod';

/** What of the run page's view is in its address. */
export const RunSearch = z.object({});
