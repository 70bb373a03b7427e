import type { OptimizationClient } from '../client/port.js';
import type { BestSoFar } from '../schemas/best.js';
import type { EvalKind, IterationDecision, IterationStatus } from '../schemas/iteration.js';
import type { JsonValue } from '../schemas/json.js';
import type { Direction } from '../schemas/run.js';
import type { OnWarning } from './warnings.js';

/** The places whose values pass through a mask. */
export type MaskPlace =
  | 'input'
  | 'expectedOutput'
  | 'predictedOutput'
  | 'program'
  | 'params'
  | 'metadata'
  | 'config'
  | 'notes'
  | 'feedback'
  | 'decisionReason'
  | 'exampleId'
  | 'errorMessage'
  | 'errorStack'
  | 'checkpoint';

/**
 * Gives the value to store in the place of `value`: a copy, which it may change. It runs before anything is queued, sent or
 * stored. `undefined` stores nothing. Where it throws, or returns a promise, a marker is stored and the value never is.
 */
export type Mask = (value: unknown, where: MaskPlace) => unknown;

/** What a listener learns of an iteration just recorded. */
export interface IterationEvent {
  runId: string;
  iteration: number;
  evalKind: EvalKind;
  status: IterationStatus;
  score: number | null;
  decision: IterationDecision | null;
  isBaseline: boolean;
  bestSoFar: BestSoFar | null;
}

export interface TrackRunOptions {
  projectId: string;
  /** Slug of the optimizer: `gepa`, `miprov2`, `custom`, ... */
  optimizerType: string;
  /** The optimizer and the time (UTC) where it is left out. At most 200 characters. */
  runName?: string;
  /** The optimizer's settings, as JSON. */
  config?: Record<string, unknown>;
  tags?: string[];
  notes?: string;
  metadata?: Record<string, JsonValue>;
  /** Whether a higher (default) or a lower score is the better one. */
  direction?: Direction;
  /** The score that a perfect program would reach: 1 by default, 100 on DSPy's scale. */
  scoreMax?: number;
  /** Name of the metric; goes into `config.metric` unless that is set. */
  metric?: string;
  /** Names the set of examples: only runs over the same one are ranked together. */
  evalSetHash?: string;
  parentRunId?: string;
  /**
   * Id of a run that failed, was cancelled or is stale: it goes on, with `attempt` + 1, and `run.resumed` holds what was
   * recorded. What describes a run (name, configuration, tags, ...) stays as it is stored.
   */
  resume?: string | undefined;
  /** Score before optimization, where it is not recorded as a baseline iteration. */
  initialScore?: number;
  /** For tests: every call waits until it is stored and rejects where it is not, and nothing is repaired. */
  strict?: boolean;
  mask?: Mask;
  /** Called after each `record` and `evaluate`, for live display. What it throws becomes a warning. */
  onIteration?: (event: IterationEvent) => void;
  /** Told each kind of problem once a run. By default `console.warn`, prefixed `optrail:`. */
  onWarning?: OnWarning;
  /**
   * Where what the database can't take is kept on disk until it can: a directory, or `false` for nowhere. Left out, it is
   * `journal/` in the embedded database's directory, or in `.optrail` beside the nearest package.json for a database reached by
   * URL; none for a database in memory, a client `as` a user, a client of another make, and a strict run. `true` is that
   * `.optrail` for those as well.
   */
  journal?: boolean | string;
  /** The client to record through; the default one where it is left out. It is never closed. */
  client?: OptimizationClient;
  /** Longest wait for the database, at the start and again at the end of the run, in milliseconds: 10,000 by default. */
  flushTimeoutMs?: number;
  /** Cancels the run: once aborted, it ends as `cancelled`, whether the callback threw or returned. */
  signal?: AbortSignal;
}

/** Everything else that a run needs is stored with it. */
export type ResumeOptions = Partial<TrackRunOptions> & { resume: string };
