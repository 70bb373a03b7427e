import { OptrailError } from '../../errors.js';
import type { CreateOptimizationIterationInput } from '../../schemas/iteration.js';
import type { JsonObject, JsonValue } from '../../schemas/json.js';
import type { CreateOptimizationSampleInput } from '../../schemas/sample.js';
import type { Mask, MaskPlace } from '../options.js';
import type { IterationRecord, SampleRecord } from '../port.js';
import { messageOf, type Warnings } from '../warnings.js';
import { type FieldKind, ITERATION_KINDS, SAMPLE_KINDS } from './fields.js';
import { marker, type Problem, Snapshot } from './json-clone.js';
import { readScore } from './score.js';

export type IterationFields = Omit<CreateOptimizationIterationInput, 'id' | 'runId' | 'projectId' | 'iteration'>;
export type SampleFields = Omit<CreateOptimizationSampleInput, 'runId' | 'projectId' | 'iteration' | 'iterationId' | 'sampleIndex'>;

const MASKED_TEXT = '[optrail: masked]';

/**
 * What comes in from the caller: copied, masked, and freed of what could not be stored. It looks at each value once and
 * leaves the full check to the client.
 */
export class Intake {
  private readonly snapshot: Snapshot;
  private scoreProblem: string | null = null;

  constructor(
    private readonly mask: Mask | undefined,
    private readonly strict: boolean,
    private readonly warnings: Warnings,
  ) {
    this.snapshot = new Snapshot(mask === undefined);
  }

  /** Values copied so far. */
  get nodes(): number {
    return this.snapshot.nodes;
  }

  /** Characters copied so far. */
  get size(): number {
    return this.snapshot.size;
  }

  /** In a strict run rejects with `invalid_input` what a lenient one would repair. */
  iteration(record: Partial<IterationRecord>): IterationFields {
    const { fields, scoreProblem } = this.fields(record, ITERATION_KINDS, null);
    if (scoreProblem !== null)
      Object.assign(fields, { score: null, status: 'failed', errorMessage: joined(fields.errorMessage, scoreProblem) });
    this.judge();
    return fields as IterationFields;
  }

  /** `index` is the record's place in the caller's list. */
  sample(record: SampleRecord, index: number): SampleFields {
    const { fields, scoreProblem } = this.fields(record, SAMPLE_KINDS, index);
    if (scoreProblem !== null)
      Object.assign(fields, { score: null, success: false, errorMessage: joined(fields.errorMessage, scoreProblem) });
    this.judge();
    return fields as SampleFields;
  }

  value(value: unknown, where: MaskPlace): JsonValue | undefined {
    const copied = this.masked(value, where);
    this.judge();
    return copied;
  }

  object(value: unknown, where: MaskPlace): JsonObject | undefined {
    const copied = this.objectAt(value, where);
    this.judge();
    return copied;
  }

  text(value: unknown, where: MaskPlace): string | undefined {
    const text = this.textAt(value, where);
    this.judge();
    return text;
  }

  /** A copy of a value that is not masked. */
  copy(value: unknown, path: string): JsonValue | undefined {
    const copied = this.snapshot.copy(value, path);
    this.judge();
    return copied;
  }

  /** A score of the run itself; undefined, with a warning, where it is none. */
  score(value: unknown, name: string): number | null | undefined {
    const { score, problem } = readScore(value, name);
    if (problem !== null) this.report(name, `${problem}, and was left out`);
    this.judge();
    return value === undefined || problem !== null ? undefined : score;
  }

  private fields(record: object, kinds: Record<string, FieldKind>, sample: number | null) {
    this.snapshot.sample = sample;
    this.scoreProblem = null;
    const fields: Record<string, unknown> = {};
    for (const key of Object.keys(record)) {
      const kind = kinds[key];
      if (kind === undefined) this.report(key, 'is not a known field and was left out');
      if (kind === undefined || kind === 'own') continue;
      const value = this.read(record, key);
      const taken = value === undefined ? undefined : this.take(value, kind, key as MaskPlace);
      if (taken !== undefined) fields[key] = taken;
    }
    this.snapshot.sample = null;
    return { fields, scoreProblem: this.scoreProblem };
  }

  private read(record: object, key: string): unknown {
    try {
      return (record as Record<string, unknown>)[key];
    } catch (error) {
      this.report(key, this.mask === undefined ? `could not be read: ${messageOf(error)}` : 'could not be read');
      return undefined;
    }
  }

  private take(value: unknown, kind: FieldKind, where: MaskPlace): unknown {
    switch (kind) {
      case 'json':
        return this.masked(value, where);
      case 'object':
        return this.objectAt(value, where);
      case 'text':
        return value === null ? null : this.textAt(value, where);
      case 'score':
        return this.primaryScore(value);
      case 'scores':
        return value === null ? null : this.scores(value, where);
      case 'list':
        return this.snapshot.copy(value, where);
      case 'time':
        return value instanceof Date ? new Date(value) : this.plain(value, where);
      default:
        return this.plain(value, where);
    }
  }

  private primaryScore(value: unknown): number | null {
    const { score, problem } = readScore(value);
    this.scoreProblem = problem;
    if (problem !== null) this.warnings.warn('score', `${problem}; what it belongs to is stored as failed, without a score`);
    return score;
  }

  private plain(value: unknown, path: string): unknown {
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    this.report(path, `cannot be ${typeof value === 'number' ? value : `a ${typeof value}`} and was left out`);
    return undefined;
  }

  private scores(value: unknown, path: string): Record<string, number> | undefined {
    if (typeof value !== 'object' || value === null) return void this.report(path, 'is not an object and was left out');
    const scores: Record<string, number> = {};
    for (const name of Object.keys(value)) {
      const { score, problem } = readScore(this.read(value, name), name);
      if (score !== null) scores[name] = score;
      if (problem !== null) this.report(path, `${problem}, and was left out`);
    }
    return scores;
  }

  private objectAt(value: unknown, where: MaskPlace): JsonObject | undefined {
    const copied = this.masked(value, where);
    if (copied === undefined || copied === null) return undefined;
    return typeof copied === 'object' && !Array.isArray(copied) ? copied : { value: copied };
  }

  private textAt(value: unknown, where: MaskPlace): string | undefined {
    const taken = this.masked(value, where);
    if (taken === undefined || taken === null) return undefined;
    if (typeof taken === 'string') return taken;
    return typeof taken === 'object' && !Array.isArray(taken) && taken.$optrail === 'masked' ? MASKED_TEXT : JSON.stringify(taken);
  }

  private masked(value: unknown, where: MaskPlace): JsonValue | undefined {
    const copied = this.snapshot.copy(value, where);
    if (this.mask === undefined || copied === undefined || copied === null) return copied;
    let shown: unknown;
    try {
      shown = this.mask(copied, where);
    } catch {
      // What a mask throws often quotes the value (a parser's message does), so it is told to nobody.
      return this.unmasked(where, 'the mask threw an error');
    }
    if (typeof shown === 'object' && shown !== null && 'then' in shown && typeof shown.then === 'function') {
      void Promise.resolve(shown).catch(() => undefined);
      return this.unmasked(where, 'the mask returned a promise; it must answer at once');
    }
    // A second copy: the mask may have returned anything at all, and may keep it.
    return this.snapshot.copy(shown, where);
  }

  private unmasked(path: string, reason: string): JsonObject {
    this.report(path, reason);
    return marker(reason, 'masked');
  }

  private report(path: string, reason: string): void {
    this.snapshot.report(path, reason);
  }

  private judge(): void {
    const problems = this.snapshot.problems;
    if (problems.length === 0) return;
    this.snapshot.problems = [];
    if (this.strict) throw refusal(problems);
    for (const { path, reason } of problems) {
      const text = `${path} ${reason}`;
      this.warnings.warn(
        `value:${reason}`,
        `${text}; ${reason.endsWith('left out') ? 'the rest' : 'a marker stands in its place and the rest'} is stored`,
      );
    }
  }
}

function refusal(problems: Problem[]): OptrailError {
  const issues = problems.map(({ path, reason }) => ({ path, message: reason }));
  const first = issues[0];
  return new OptrailError('invalid_input', first === undefined ? 'A value cannot be stored.' : `${first.path} ${first.message}`, {
    issues,
  });
}

function joined(before: unknown, problem: string): string {
  return typeof before === 'string' && before !== '' ? `${before}; ${problem}` : problem;
}
