import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { CreateOptimizationRunInput } from '../../src/schemas/index.js';

/** A UUID that nothing has. */
export const ABSENT = '01900000-0000-7000-8000-000000000000';

/** The id of a project that no other test uses. */
export function newProject(): string {
  return `project_${randomBytes(6).toString('hex')}`;
}

/** The least that a run can be, and what the test says of it. */
export function aRun(projectId: string, rest: Partial<CreateOptimizationRunInput> = {}): CreateOptimizationRunInput {
  return { projectId, runName: 'a run', optimizerType: 'gepa', ...rest };
}

/** Fails unless a value has each key of its published schema, and no other. */
export function expectShape(schema: z.ZodObject, value: unknown): void {
  z.strictObject(schema.shape).parse(value);
}

/** Nested arrays, so many levels deep. */
export function nested(depth: number): unknown {
  return depth === 0 ? 'bottom' : [nested(depth - 1)];
}
