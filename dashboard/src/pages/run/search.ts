import * as z from 'zod';
import { choice, choices, flag, integer, list, text } from '../../url/fields.js';

export const TABS = [
  'overview',
  'iterations',
  'candidates',
  'prompts',
  'samples',
  'matrix',
  'parameters',
  'pareto',
  'configuration',
] as const;
export type RunTab = (typeof TABS)[number];

export const KINDS = ['full', 'minibatch', 'bootstrap', 'test'] as const;
export const VERDICTS = ['accepted', 'rejected', 'undecided'] as const;
export const STATES = ['running', 'completed', 'failed', 'pruned'] as const;
export const ITERATION_ORDERS = ['iteration', 'score', 'cost', 'tokens', 'duration'] as const;

/** What of the run page's view is in its address. */
export const RunSearch = z.object({
  tab: choice(...TABS),
  /** The iteration that is open beside the page. */
  iteration: integer,
  /** Which iterations are listed, and in which order. */
  kind: choices(...KINDS),
  decision: choices(...VERDICTS),
  state: choices(...STATES),
  order: choice(...ITERATION_ORDERS),
  direction: choice('asc', 'desc'),
  /** The iteration whose prompt or samples are shown; the best one where it is left out. */
  of: integer,
  /** What its prompt is held against: `baseline`, `parent`, or an iteration's number. */
  against: text,
  layout: choice('inline', 'side'),
  /** Which samples of it. */
  failed: flag,
  changedVs: integer,
  /** The sample that is open, by its index. */
  sample: integer,
  /** Which rows and columns of the matrix, and in which order. */
  rows: choice('all', 'failures', 'different'),
  rank: choice('index', 'hardest'),
  columns: choice('all', 'full'),
  /** Spans of the parameters' axes, each `name:low..high`. */
  brush: list,
  /** The objectives of the Pareto front. */
  x: text,
  y: text,
  /** Whether candidates are listed instead of drawn. */
  as: choice('list'),
});
export type RunView = z.infer<typeof RunSearch>;
