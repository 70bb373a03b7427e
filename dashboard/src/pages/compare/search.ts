import * as z from 'zod';
import { choice, text } from '../../url/fields.js';

export const AXES = ['iteration', 'calls', 'cost', 'time'] as const;
export type Axis = (typeof AXES)[number];

/** Which runs are compared, and what of them is looked at. */
export const CompareSearch = z.object({
  /** Their ids with commas between them. */
  runs: text,
  axis: choice(...AXES),
  show: choice('all', 'improved', 'regressed', 'same'),
  columns: choice('all'),
  tab: choice('overview', 'samples', 'prompts'),
  /** The two that are told apart by sample, by id. */
  from: text,
  to: text,
});
export type CompareView = z.infer<typeof CompareSearch>;
