import * as z from 'zod';
import { OptimizerTypeSchema } from './config.js';
import { JsonObjectSchema } from './json.js';
import { IdSchema, NameSchema, ScoreSchema, TagsSchema, TimeSchema } from './primitives.js';
import { OptimizationRunSchema, RunStatusSchema } from './run.js';

/** Most rows of one page. */
export const MAX_PAGE = 1000;

export const RunOrderSchema = z.enum(['created_at', 'final_score', 'improvement', 'duration_ms', 'best_score']);

/** Filters and order of a list of runs. Conditions are joined by AND; a run without the filtered value does not match. */
export const OptimizationRunFiltersSchema = z
  .strictObject({
    projectId: NameSchema.optional(),
    status: z.union([RunStatusSchema, z.array(RunStatusSchema).min(1).readonly()]).optional(),
    optimizerType: z.union([OptimizerTypeSchema, z.array(OptimizerTypeSchema).min(1).readonly()]).optional(),
    /** The run has all of these tags. */
    tags: TagsSchema.optional(),
    model: NameSchema.optional(),
    metric: NameSchema.optional(),
    /** The run's configuration contains this JSON (PostgreSQL's `@>`). */
    config: JsonObjectSchema.optional(),
    /** The run's name contains this text, whatever the case. */
    search: NameSchema.optional(),
    parentRunId: IdSchema.optional(),
    /** Final score, both ends included. */
    minScore: ScoreSchema.optional(),
    maxScore: ScoreSchema.optional(),
    /** Creation, from here on. */
    createdAfter: TimeSchema.optional(),
    /** Creation, before here. */
    createdBefore: TimeSchema.optional(),
    orderBy: RunOrderSchema.default('created_at'),
    /** Runs without a value come last in either direction; equal values are ordered by id. */
    orderDirection: z.enum(['asc', 'desc']).default('desc'),
    limit: z.int().min(1).max(MAX_PAGE).default(50),
    /** `nextCursor` of the page before, with the same filters and order. */
    cursor: z.string().max(2000).optional(),
    /** Skips so many rows; prefer `cursor`, whose cost does not grow with the page's depth. */
    offset: z.int().min(0).max(10_000_000).optional(),
    /** Counts all matching runs (`total`), which costs a scan of them. */
    count: z.boolean().default(false),
  })
  .refine((filters) => filters.cursor === undefined || filters.offset === undefined, {
    path: ['offset'],
    message: 'cannot be combined with cursor; leave one of them out',
  });
export type RunFiltersInput = z.input<typeof OptimizationRunFiltersSchema>;
export type RunFilters = z.output<typeof OptimizationRunFiltersSchema>;

export const RunPageSchema = z.object({
  data: z.array(OptimizationRunSchema),
  hasMore: z.boolean(),
  nextCursor: z.string().nullable(),
  /** Only with `count`. */
  total: z.number().optional(),
});
export type RunPage = z.infer<typeof RunPageSchema>;
