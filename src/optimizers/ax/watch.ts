import type { AxOptimizer, CompileCall } from './surface.js';
import type { Trail } from './trail.js';

/** The iterations to compare when all is done. */
export interface Landmarks {
  /** Where the program stands as it was given. */
  readonly baseline?: number;
  /** Where the program stands that the optimizer calls the best. */
  readonly best?: number;
}

/** One `compile` under observation. */
export interface Watch {
  /** What to call Ax's own `compile` with instead. */
  readonly call: CompileCall;
  /** Ax came to its result. */
  compiled(result: unknown): Landmarks;
  /** Compile is over, well or not: write what was held back. */
  close(): void;
}

/** One of Ax's optimizers, as far as Optrail knows it. */
export interface OptimizerKind {
  /** The run's `optimizerType`, and the name of its section in the configuration. */
  readonly type: string;
  /** Tells the optimizer by its fields: Ax's class names are minified. */
  recognises(optimizer: object): boolean;
  /** The settings of this compile. A key whose value is no use is left `undefined`. */
  settings(optimizer: AxOptimizer, call: CompileCall): Record<string, unknown>;
  /** The examples that the run's scores are made on. */
  evalSet(optimizer: AxOptimizer, call: CompileCall): readonly unknown[];
  watch(optimizer: AxOptimizer, call: CompileCall, trail: Trail): Watch;
}

export function hasFields(value: unknown, ...fields: string[]): boolean {
  return typeof value === 'object' && value !== null && fields.every((field) => field in value);
}

/** A setting as a finite number, or `undefined` where it is none or below the least that makes sense. */
export function numberSetting(value: unknown, least = Number.NEGATIVE_INFINITY): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= least ? value : undefined;
}

/** The same as a whole number, which is what Ax makes of a count. */
export function countSetting(value: unknown, least = 0): number | undefined {
  return numberSetting(typeof value === 'number' ? Math.floor(value) : undefined, least);
}
