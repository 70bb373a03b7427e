import { OptrailError } from '../../../errors.js';
import { promptParts } from '../../../prompt/parts.js';
import type { EvalKind } from '../../../schemas/iteration.js';
import type { RunAssessment } from '../../../schemas/trust.js';
import { getPrograms } from '../../../store/programs.js';
import { getRecordedRun, getWear } from '../../../store/recorded-runs.js';
import type { Scope } from '../../../store/scope.js';
import type { PromptText } from '../../../trust/blame-run.js';
import type { Side } from '../../../trust/comparison.js';
import { type RunProgramRecord, RunReader } from '../../../trust/record.js';
import { verdictOf } from './verdict.js';

/** A run with its verdict: what every answer about it starts from. */
export interface Subject {
  reader: RunReader;
  assessment: RunAssessment;
  baseline: RunProgramRecord | null;
  winner: RunProgramRecord | null;
}

/** Null if no run is visible. */
export async function subjectOf(scope: Scope, runId: string, projectId: string | undefined): Promise<Subject | null> {
  const run = await getRecordedRun(scope, runId, projectId);
  if (run === null) return null;
  const wear = run.iterations.some(({ evalKind }) => evalKind === 'test') ? await getWear(scope, run) : 0;
  const [assessment, reader] = [await verdictOf(run, wear), new RunReader(run)];
  const programOf = (iteration: number | undefined) => (iteration === undefined ? null : reader.programOf(iteration));
  return { reader, assessment, baseline: programOf(assessment.baseline?.iteration), winner: programOf(assessment.winner?.iteration) };
}

/** The same, where a missing run is an error of the argument `path`. */
export async function subjectAt(scope: Scope, runId: string, projectId: string | undefined, path: string): Promise<Subject> {
  const subject = await subjectOf(scope, runId, projectId);
  if (subject !== null) return subject;
  throw new OptrailError('not_found', `Run ${runId} does not exist, or you may not see it.`, { path, hint: 'List runs to find its id.' });
}

/** The program of an iteration; the winner if none is named, or the baseline if nothing beat it. */
export function programAt({ reader, winner, baseline }: Subject, iteration: number | undefined, path: string): RunProgramRecord {
  const program = iteration === undefined ? (winner ?? baseline) : reader.programOf(iteration);
  if (program !== null) return program;
  const which = iteration === undefined ? 'has no complete evaluation' : `has no iteration ${iteration}`;
  throw new OptrailError('invalid_input', `Run ${reader.run.runId} ${which}.`, {
    path: iteration === undefined ? 'runId' : path,
    hint: iteration === undefined ? 'Evaluate a candidate on the whole evaluation set first.' : 'List its iterations to find the number.',
  });
}

export function sideOf(subject: Subject, iteration: number | undefined, on: 'full' | 'test', path: string): Side {
  const kinds: readonly EvalKind[] = [on];
  return { reader: subject.reader, program: programAt(subject, iteration, path), kinds };
}

/** Texts of each program by part; a program of a shape that is not known is one text of JSON. */
export async function promptTexts(scope: Scope, { run }: RunReader): Promise<(program: RunProgramRecord) => readonly PromptText[]> {
  const programs = await getPrograms(scope, run.runId, run.projectId);
  const texts = new Map(programs.map(({ programHash, program }) => [programHash, textsOf(program)]));
  return ({ programHash }) => texts.get(programHash ?? '') ?? [];
}

function textsOf(program: unknown): PromptText[] {
  const parts = promptParts(program);
  if (parts === null) return [{ name: null, text: JSON.stringify(program, null, 2) }];
  const seen = new Map<string | null, number>();
  return parts
    .filter(({ text }) => text !== '')
    .map(({ name, text }) => {
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      // Two messages of one role are two parts.
      return { name: count === 1 ? name : `${name ?? 'prompt'} (${count})`, text };
    });
}
