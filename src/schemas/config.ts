import * as z from 'zod';
import { type JsonObject, JsonObjectSchema } from './json.js';
import { MAX_NAME_LENGTH, NameSchema } from './primitives.js';

/** The optimizers whose sections of the configuration are typed. Any other slug is a legal optimizer type. */
export const KNOWN_OPTIMIZERS = [
  'miprov2',
  'bootstrap_fewshot',
  'bootstrap_random_search',
  'copro',
  'simba',
  'gepa',
  'better_together',
  'knn_fewshot',
  'ace',
  'textgrad',
  'random',
  'grid',
  'custom',
] as const;

/** An optimizer's name as a slug: lower case letters, digits and underscores. */
export const OptimizerTypeSchema = NameSchema.regex(
  /^[a-z0-9][a-z0-9_]*$/,
  'must be a slug of lower case letters, digits and underscores, like miprov2',
);

const count = z.int().min(0).optional();
const positive = z.int().min(1).optional();
const number = z.number().optional();
const fraction = z.number().min(0).max(1).optional();
const flag = z.boolean().optional();
const text = z.string().optional();

const bootstrap = {
  metric: text,
  metric_threshold: number,
  max_bootstrapped_demos: count,
  max_labeled_demos: count,
  max_rounds: positive,
  max_errors: count.nullable(),
};

/**
 * The parameters that each optimizer's authors name, with their types; every key is optional and unknown keys are kept.
 * Names are those of DSPy 3 (its optimizers' constructors and `compile`), of GEPA and of Ax.
 */
export const OptimizerSectionSchemas = {
  miprov2: z.looseObject({
    metric: text,
    auto: z.enum(['light', 'medium', 'heavy']).nullish(),
    num_candidates: positive.nullable(),
    num_trials: positive.nullable(),
    init_temperature: number,
    max_bootstrapped_demos: count,
    max_labeled_demos: count,
    minibatch: flag,
    minibatch_size: positive,
    minibatch_full_eval_steps: positive,
    seed: z.int().optional(),
    metric_threshold: number.nullable(),
  }),
  bootstrap_fewshot: z.looseObject(bootstrap),
  bootstrap_random_search: z.looseObject({ ...bootstrap, num_candidate_programs: positive, stop_at_score: number.nullable() }),
  copro: z.looseObject({ metric: text, breadth: positive, depth: positive, init_temperature: number }),
  simba: z.looseObject({ metric: text, bsize: positive, num_candidates: positive, max_steps: positive, max_demos: count }),
  gepa: z.looseObject({
    metric: text,
    auto: z.enum(['light', 'medium', 'heavy']).nullish(),
    max_metric_calls: positive.nullable(),
    max_full_evals: positive.nullable(),
    reflection_minibatch_size: positive,
    candidate_selection_strategy: text,
    use_merge: flag,
    seed: z.int().optional(),
  }),
  better_together: z.looseObject({ strategy: text }),
  knn_fewshot: z.looseObject({ k: positive }),
  ace: z.looseObject({ max_epochs: positive, max_reflector_rounds: positive }),
  textgrad: z.looseObject({ steps: positive, learning_rate: number, batch_size: positive }),
  random: z.looseObject({ num_candidates: positive, seed: z.int().optional() }),
  grid: z.looseObject({ params: z.record(z.string(), z.array(z.unknown())).optional() }),
  custom: z.looseObject({}),
} as const;

/** The model of the program, if the configuration names one. */
export const ModelConfigSchema = z.looseObject({
  model: z.string().max(MAX_NAME_LENGTH).optional(),
  temperature: z.number().min(0).optional(),
  top_p: fraction,
  max_tokens: positive,
});

const KnownKeys = z.looseObject({
  optimizer: OptimizerTypeSchema.optional(),
  metric: z.string().max(MAX_NAME_LENGTH).optional(),
  model: z.string().max(MAX_NAME_LENGTH).optional(),
  max_iterations: positive,
  model_config: ModelConfigSchema.optional(),
  ...Object.fromEntries(Object.entries(OptimizerSectionSchemas).map(([name, section]) => [name, section.optional()])),
});

/**
 * A run's configuration: known keys are checked, unknown keys are kept, and the JSON is stored unaltered.
 * `metric` and `model_config.model` (or `model`) become columns of the run that can be filtered and ranked.
 */
export const OptimizationConfigSchema = JsonObjectSchema.superRefine((config: JsonObject, context) => {
  const result = KnownKeys.safeParse(config);
  for (const issue of result.error?.issues ?? []) {
    context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
  }
});
