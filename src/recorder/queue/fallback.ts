import type { OptrailError } from '../../errors.js';
import { CreateOptimizationIterationSchema, UpdateOptimizationIterationSchema } from '../../schemas/iteration.js';
import { CreateOptimizationRunSchema, UpdateOptimizationRunSchema } from '../../schemas/run.js';
import { type CreateOptimizationSampleInput, CreateOptimizationSampleSchema } from '../../schemas/sample.js';
import { marker } from '../sanitize/json-clone.js';
import { type Repaired, repair } from '../sanitize/repair.js';
import type { Write } from './writes.js';

const CONTENT_ERRORS = new Set(['invalid_input', 'too_large', 'constraint_violation', 'conflict', 'database_error']);

/** Whether the write's own content was refused, so that less of it may be taken. */
export function isAboutContent(error: OptrailError): boolean {
  return CONTENT_ERRORS.has(error.code);
}

/** Writes that may be sent with less in them. Samples have ways of their own. */
type Amendable = Exclude<Write, { kind: 'createSamples' | 'createCheckpoint' }>;

export interface Amended {
  write: Write;
  changes: string[];
}

/** Whether less of the same write may be stored. A place that is taken stays taken. */
export function isAmendable(write: Write, error: OptrailError): write is Amendable {
  // Part of a state is no state to go on from.
  if (write.kind === 'createCheckpoint' || write.kind === 'createSamples') return false;
  if (write.kind === 'createRun' && hasParent(write)) return isAboutContent(error) || error.code === 'not_found';
  return isAboutContent(error) && error.code !== 'conflict';
}

/** What to send instead of a write that was refused, the fullest first. */
export function* amendments(write: Amendable, reason: string): Generator<Amended> {
  const repaired = repairedWrite(write);
  if (repaired !== null) yield repaired;
  if (write.kind === 'createRun' && hasParent(write)) yield orphan(write);
  const minimal = minimalWrite(write, reason);
  if ('changes' in minimal && Object.keys(minimal.changes).length === 0) return;
  yield { write: minimal, changes: [`only what identifies it and its score: ${reason}`] };
}

function hasParent({ input }: Extract<Write, { kind: 'createRun' }>): boolean {
  return input.parentRunId !== undefined && input.parentRunId !== null;
}

/** The run without its parent, which may be gone, or another's; what it was is kept in words. */
function orphan(write: Extract<Write, { kind: 'createRun' }>): Amended {
  const { parentRunId, metadata, ...rest } = write.input;
  const kept = typeof metadata === 'object' ? metadata : {};
  return {
    write: { ...write, input: { ...rest, metadata: { ...kept, parentRunId } } },
    changes: [`the run without its parent ${parentRunId}`],
  };
}

export function repairedSample(input: CreateOptimizationSampleInput): Repaired<CreateOptimizationSampleInput> | null {
  return repair(CreateOptimizationSampleSchema, input);
}

export function minimalSample(input: CreateOptimizationSampleInput, reason: string): CreateOptimizationSampleInput {
  const keys = ['runId', 'projectId', 'iteration', 'iterationId', 'sampleIndex', 'score', 'success'] as const;
  return { ...pick(input, keys), metadata: marker(reason) };
}

function repairedWrite(write: Amendable): Amended | null {
  switch (write.kind) {
    case 'createRun':
      return amended(repair(CreateOptimizationRunSchema, write.input), (input) => ({ ...write, input }));
    case 'updateRun':
      return amended(repair(UpdateOptimizationRunSchema, write.changes), (changes) => ({ ...write, changes }));
    case 'createIteration':
      return amended(repair(CreateOptimizationIterationSchema, write.input), (input) => ({ ...write, input }));
    case 'updateIteration':
      return amended(repair(UpdateOptimizationIterationSchema, write.changes), (changes) => ({ ...write, changes }));
  }
}

function amended<T>(repaired: Repaired<T> | null, rebuild: (input: T) => Write): Amended | null {
  return repaired === null ? null : { write: rebuild(repaired.input), changes: repaired.changes };
}

function minimalWrite(write: Amendable, reason: string): Write {
  switch (write.kind) {
    case 'createRun': {
      const keys = [
        'id',
        'projectId',
        'runName',
        'optimizerType',
        'status',
        'direction',
        'scoreMax',
        'evalSetHash',
        'initialScore',
      ] as const;
      return { ...write, input: { ...pick(write.input, keys), metadata: marker(reason) } };
    }
    case 'updateRun':
      return { ...write, changes: pick(write.changes, ['status', 'durationMs', 'initialScore', 'finalScore', 'bestIteration']) };
    case 'createIteration': {
      const keys = [
        'id',
        'runId',
        'projectId',
        'iteration',
        'score',
        'evalKind',
        'status',
        'decision',
        'isBaseline',
        'parentIterations',
      ] as const;
      return { ...write, input: { ...pick(write.input, keys), metadata: marker(reason) } };
    }
    case 'updateIteration':
      return { ...write, changes: pick(write.changes, ['status', 'score', 'decision', 'evalKind']) };
  }
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const picked: Partial<T> = {};
  for (const key of keys) if (from[key] !== undefined) picked[key] = from[key];
  return picked as Pick<T, K>;
}
