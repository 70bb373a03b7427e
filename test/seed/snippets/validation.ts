// biome-ignore-all format: as the seed prints it
// biome-ignore-all assist/source/organizeImports: as the seed prints it
import {
  CreateOptimizationRunSchema,
  UpdateOptimizationRunSchema,
  CreateOptimizationIterationSchema,
  CreateOptimizationSampleSchema,
  OptimizationRunFiltersSchema,
} from '../../../src/schemas/index.js';

export const ALL = { UpdateOptimizationRunSchema, CreateOptimizationIterationSchema, CreateOptimizationSampleSchema, OptimizationRunFiltersSchema };

export function validate(input: unknown): void {
  // Example validation
  const result = CreateOptimizationRunSchema.safeParse(input);
  if (!result.success) {
    console.error('Validation errors:', result.error.issues);
  }
}
