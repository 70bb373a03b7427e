import * as z from 'zod';
import { EvalKindSchema, IterationStatusSchema } from './iteration.js';
import { OptimizationRunSchema } from './run.js';

/** Most runs whose curves are read at once. */
export const MAX_CURVES = 200;

/** Most cells of a table of scores, examples times iterations. */
export const MAX_MATRIX_CELLS = 1_000_000;

/** How a run got better: each iteration that became the best so far, in order, and the last one. */
export const RunCurveSchema = z.object({
  runId: z.string(),
  projectId: z.string(),
  points: z.array(z.object({ iteration: z.number(), best: z.number() })),
});
export type RunCurve = z.infer<typeof RunCurveSchema>;

/** A candidate program of a run and its evaluations. */
export const RunProgramSchema = z.object({
  /** SHA-256 of the program's text in hexadecimal; of its RFC 8785 text, if it was recorded before texts were kept. */
  programHash: z.string(),
  program: z.json(),
  /** The program's JSON text as recorded, byte for byte; null if JSON.stringify(program) gives it, or it was recorded before texts were kept. */
  programText: z.string().nullable(),
  /** Iterations that evaluated it, in order. */
  iterations: z.array(z.number()),
  /** Its best score among completed full evaluations. */
  bestScore: z.number().nullable(),
});
export type RunProgram = z.infer<typeof RunProgramSchema>;

/** Scores of a run as a table: a row an example, a column an iteration that has samples, without the texts. */
export const SampleMatrixSchema = z.object({
  runId: z.string(),
  projectId: z.string(),
  iterations: z.array(
    z.object({ iteration: z.number(), evalKind: EvalKindSchema, status: IterationStatusSchema, score: z.number().nullable() }),
  ),
  /** By their first index. An example that an iteration evaluated more than once has a row for each time. */
  examples: z.array(
    z.object({
      /** SHA-256 of the example, in hexadecimal; null for samples without an example, which are identified by their index. */
      exampleHash: z.string().nullable(),
      exampleId: z.string().nullable(),
      sampleIndex: z.number(),
      /** One a column: the sample's score, or null. */
      scores: z.array(z.number().nullable()),
      /** One a column: 1 it succeeded, 0 it failed, null the example was not evaluated there. */
      outcomes: z.array(z.union([z.literal(0), z.literal(1)]).nullable()),
      /** One a column: the index of the sample in that iteration, to open it by. */
      indexes: z.array(z.number().nullable()),
    }),
  ),
});
export type SampleMatrix = z.infer<typeof SampleMatrixSchema>;

/** Matches of a search. */
export const SearchResultSchema = z.object({
  /** Runs by name, tag or note, the newest first. */
  runs: z.array(OptimizationRunSchema),
  /** Candidate programs whose text contains it, the newest first, each with its newest iteration and a piece of the text around it. */
  programs: z.array(
    z.object({
      runId: z.string(),
      projectId: z.string(),
      runName: z.string(),
      iteration: z.number(),
      programHash: z.string(),
      excerpt: z.string(),
    }),
  ),
});
export type SearchResult = z.infer<typeof SearchResultSchema>;
