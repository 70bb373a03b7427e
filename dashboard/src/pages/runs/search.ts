import * as z from 'zod';
import { choice, choices, list, text } from '../../url/fields.js';

export const STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled', 'stale'] as const;
export const ORDERS = ['created_at', 'best_score', 'final_score', 'improvement', 'duration_ms'] as const;

/** Filters, order and columns of the list of runs, as they stand in the address. */
export const RunsSearch = z.object({
  q: text,
  status: choices(...STATUSES),
  optimizer: list,
  model: text,
  metric: text,
  tag: list,
  after: text,
  before: text,
  /** Final scores between these, both included. */
  min: text,
  max: text,
  order: choice(...ORDERS),
  direction: choice('asc', 'desc'),
  columns: list,
});
export type RunsView = z.infer<typeof RunsSearch>;
