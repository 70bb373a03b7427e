import type { IterationRecord, SampleRecord } from '../../recorder/port.js';
import { describeCandidate } from './candidate.js';
import type { Evaluation } from './gepa-adapter.js';
import { totalUsage, type Usage, usageFields } from './meter.js';
import { ExampleReader, type Row, sampleOf } from './samples.js';
import { meanVector, objectives, type Scalarize } from './scores.js';
import type { AxProgram, ScoreVector } from './surface.js';

/** An evaluation with the figures that Ax makes of it, ready to be recorded. */
export interface Measured extends Evaluation {
  /** One number an example, in the order of the rows. */
  readonly scalars: readonly number[];
  /** The candidate's score over the batch, as Ax ranks it. */
  readonly score: number;
  readonly usage: Usage;
  readonly record: IterationRecord;
  readonly samples: SampleRecord[];
}

/** Makes the figures of each batch as Ax does, so that a recorded score is the score that Ax decided by. */
export class GepaMeasure {
  private readonly objectives = new Set<string>();
  private readonly reader: ExampleReader;

  constructor(
    private readonly program: AxProgram,
    private readonly scalarize: Scalarize,
  ) {
    this.reader = new ExampleReader(program);
  }

  of(evaluation: Evaluation): Measured {
    const { candidate, rows, startTime, endTime } = evaluation;
    const vectors = rows.map((row) => this.counted(row));
    const vector = meanVector(vectors);
    const score = this.scalarize(vector);
    const usage = totalUsage(rows.flatMap((row) => row.usage ?? []));
    return {
      ...evaluation,
      scalars: vectors.map((counted) => this.scalarize(counted)),
      score,
      usage,
      samples: rows.map((row, index) => sampleOf(row, vectors[index] ?? {}, this.reader, this.scalarize)),
      record: {
        status: 'completed',
        score,
        ...objectives(vector),
        program: describeCandidate(this.program, candidate),
        startTime,
        endTime,
        durationMs: Math.max(0, endTime.getTime() - startTime.getTime()),
        ...usageFields(usage),
      },
    };
  }

  /** The vector that Ax counts: for a row that failed, zero in every objective met so far. */
  private counted({ scores }: Row): ScoreVector {
    for (const name of Object.keys(scores ?? {})) this.objectives.add(name);
    const met = this.objectives.size > 0 ? [...this.objectives] : ['score'];
    return scores ?? Object.fromEntries(met.map((name) => [name, 0]));
  }
}
