import { promptParts } from '../../../src/prompt/parts.js';
import type { OptimizationIteration } from '../../../src/schemas/iteration.js';
import type { Hindsight } from '../../../src/schemas/receipt.js';
import type { OptimizationRun } from '../../../src/schemas/run.js';
import type { RunAssessment } from '../../../src/schemas/trust.js';
import type { BlamedPrompt, EditImpact } from '../../../src/schemas/trust-edits.js';
import type { SampleMatrix } from '../../../src/schemas/views.js';
import { blamePromptOf } from '../../../src/trust/blame-run.js';
import { editImpactOf } from '../../../src/trust/edits.js';
import { hindsightOf } from '../../../src/trust/hindsight.js';
import { RunReader } from '../../../src/trust/record.js';
import { assessRecorded } from '../../../src/trust/run-assessment.js';
import { recordOf } from './record.js';

/** What the data supports of a run, by the same functions as the command line and REST. */
export interface Findings {
  readonly assessment: RunAssessment;
  readonly edits: EditImpact;
  readonly hindsight: Hindsight;
  /** Null if the winner carries no program. */
  readonly blame: BlamedPrompt | null;
}

/** Computes the findings of a run from its rows. Imported only when a run is looked at: the methods are 60 KB. */
export function findingsOf(run: OptimizationRun, iterations: readonly OptimizationIteration[], matrix: SampleMatrix): Findings {
  const reader = new RunReader(recordOf(run, iterations, matrix));
  const programs = new Map(iterations.map((row) => [row.iteration, row.program]));
  const programOf = (numbers: readonly number[]) =>
    numbers.map((number) => programs.get(number) ?? null).find((each) => each !== null) ?? null;
  // A project's wear is known to the server alone; one program each is the least that it can be.
  const { assessment, winner } = assessRecorded(reader, { wear: 2 });
  const edits = editImpactOf(reader, (iteration) => gistOf(iteration, iterations, programs));
  const shown = winner ?? (run.bestIteration === null ? null : reader.programOf(run.bestIteration));
  const hasProgram = shown !== null && programOf(shown.iterations.map(({ iteration }) => iteration)) !== null;
  return {
    assessment,
    edits,
    hindsight: hindsightOf(reader, winner),
    blame: hasProgram
      ? blamePromptOf(
          reader,
          shown,
          ({ iterations: evaluations }) => textsOf(programOf(evaluations.map(({ iteration }) => iteration))),
          edits.edits,
        )
      : null,
  };
}

const textsOf = (program: unknown): { name: string | null; text: string }[] =>
  (promptParts(program) ?? []).filter(({ kind, text }) => kind !== 'structure' && text !== '').map(({ name, text }) => ({ name, text }));

/** The first line that an iteration's prompt has and its parent's has not. */
function gistOf(iteration: number, iterations: readonly OptimizationIteration[], programs: ReadonlyMap<number, unknown>): string | null {
  const row = iterations.find((each) => each.iteration === iteration);
  const parent = row?.parentIterations[0];
  if (row === undefined || parent === undefined) return null;
  const known = new Set(linesOf(programs.get(parent)));
  return linesOf(row.program).find((line) => line.trim() !== '' && !known.has(line)) ?? null;
}

const linesOf = (program: unknown): string[] => textsOf(program).flatMap(({ text }) => text.split('\n'));
