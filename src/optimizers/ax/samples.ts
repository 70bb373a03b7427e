import type { SampleRecord } from '../../recorder/port.js';
import { type Usage, usageFields } from './meter.js';
import { objectives, type Scalarize } from './scores.js';
import type { AxProgram, ScoreVector } from './surface.js';

/** One example of an evaluation, whoever evaluated it; an adapter of the user's tells neither time nor tokens. */
export interface Row {
  readonly example: unknown;
  readonly prediction: unknown;
  readonly scores?: ScoreVector;
  readonly error?: string;
  readonly latencyMs?: number;
  readonly usage?: Usage;
}

/** Splits Ax's flat examples by the program's signature: its input fields are the input, the rest is what was expected. */
export class ExampleReader {
  private readonly inputs: ReadonlySet<string>;

  constructor(program: AxProgram) {
    this.inputs = new Set(
      program
        .getSignature?.()
        .getInputFields()
        .map((field) => field.name),
    );
  }

  read(example: unknown): Pick<SampleRecord, 'input' | 'expectedOutput' | 'exampleId'> {
    if (typeof example !== 'object' || example === null) return { input: example };
    const fields = Object.entries(example);
    const input = fields.filter(([name]) => this.inputs.has(name));
    if (input.length === 0) return { input: example };
    const id: unknown = this.inputs.has('id') ? undefined : (example as { id?: unknown }).id;
    const named = typeof id === 'string' || typeof id === 'number';
    const expected = fields.filter(([name]) => !this.inputs.has(name) && !(named && name === 'id'));
    return {
      input: Object.fromEntries(input),
      ...(expected.length > 0 ? { expectedOutput: Object.fromEntries(expected) } : {}),
      ...(named ? { exampleId: String(id) } : {}),
    };
  }
}

/** A row as the recorder takes it. A row that failed carries the vector that Ax counted in its place. */
export function sampleOf(row: Row, counted: ScoreVector, reader: ExampleReader, scalarize: Scalarize): SampleRecord {
  const score = scalarize(counted);
  return {
    ...reader.read(row.example),
    ...(row.prediction === undefined ? {} : { predictedOutput: row.prediction }),
    score: Number.isFinite(score) ? score : null,
    ...objectives(counted),
    ...(row.error === undefined ? {} : { errorMessage: row.error, success: false }),
    ...(row.latencyMs === undefined ? {} : { latencyMs: row.latencyMs }),
    ...(row.usage === undefined ? {} : usageFields(row.usage)),
  };
}
