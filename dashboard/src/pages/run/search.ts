import * as z from 'zod';
import { AXES } from '../../story/spend.js';
import { choice, choices, integer, list, text } from '../../url/fields.js';

/** Views of the run. Several of them share a tab: the matrix and the answers, and the details. */
export const TABS = [
  'overview',
  'candidates',
  'matrix',
  'samples',
  'prompts',
  'iterations',
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
  /** Which answers of it. */
  outcome: choice('right', 'partly', 'wrong', 'error', 'none'),
  changedVs: integer,
  /** The sample that is open, by its index. */
  sample: integer,
  /** Which rows and columns of the matrix, and in which order. */
  rows: choice('all', 'fixed', 'broken', 'never', 'wrong'),
  columns: choice('all', 'full'),
  /** The example that is open, by its key. */
  example: text,
  /** The step of the trail whose edit is shown, by its iteration. */
  step: integer,
  /** What the trail, the map and the race are drawn over. */
  axis: choice(...AXES),
  /** Spans of the parameters' axes, each `name:low..high`. */
  brush: list,
  /** The objectives of the Pareto front. */
  x: text,
  y: text,
  /** Directions of the objectives that the reader turned round, by their keys. */
  lower: list,
  /** How the view is shown: candidates and the matrix as a list, prompts as a diff or plain. */
  as: choice('list', 'diff', 'plain'),
});
export type RunView = z.infer<typeof RunSearch>;
