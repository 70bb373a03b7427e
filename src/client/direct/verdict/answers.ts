import { hash } from 'node:crypto';
import type { Race } from '../../../schemas/receipt.js';
import type { GateResult, RunAssessment, RunComparison } from '../../../schemas/trust.js';
import type { Bisection, BlamedPrompt, EditImpact, RegressionReport } from '../../../schemas/trust-edits.js';
import { getProgramsElsewhere } from '../../../store/recorded-runs.js';
import type { Scope } from '../../../store/scope.js';
import { bisect } from '../../../trust/bisect.js';
import { blamePromptOf } from '../../../trust/blame-run.js';
import { compareSides, type Side } from '../../../trust/comparison.js';
import { editImpactOf } from '../../../trust/edits.js';
import { gateSides } from '../../../trust/gate-run.js';
import { hindsightOf } from '../../../trust/hindsight.js';
import { raceOf } from '../../../trust/race.js';
import { type RunProgramRecord, RunReader } from '../../../trust/record.js';
import { type RegressionSide, regressionsOf } from '../../../trust/regressions.js';
import type { OperationInput } from '../../operations.js';
import { gistsOf } from './gists.js';
import { programAt, promptTexts, type Subject, sideOf, subjectAt, subjectOf } from './subject.js';

export async function assessRun(scope: Scope, { runId, projectId }: OperationInput<'assessRun'>): Promise<RunAssessment | null> {
  return (await subjectOf(scope, runId, projectId))?.assessment ?? null;
}

export async function compareRuns(scope: Scope, input: OperationInput<'compareRuns'>): Promise<RunComparison> {
  const { baseline, candidate } = await sidesOf(scope, input);
  const compared = compareSides(baseline, candidate);
  return { ...compared, exampleSetHash: setHash(compared.examples) };
}

export async function gateRuns(scope: Scope, input: OperationInput<'gateRuns'>): Promise<GateResult> {
  const { baseline, candidate } = await sidesOf(scope, input);
  const { margin, minDelta, alpha, undecided, on } = input;
  const result = gateSides(baseline, candidate, { margin, minDelta: minDelta ?? null, alpha, undecided, on });
  return { ...result, exampleSetHash: result.n === 0 ? null : setHash(compareSides(baseline, candidate).examples) };
}

type Pair = Pick<
  OperationInput<'compareRuns'>,
  'baselineRunId' | 'candidateRunId' | 'projectId' | 'baselineIteration' | 'candidateIteration' | 'on'
>;

async function sidesOf(scope: Scope, input: Pair): Promise<{ baseline: Side; candidate: Side }> {
  const { baselineRunId, candidateRunId, projectId, baselineIteration, candidateIteration, on } = input;
  const own = await subjectAt(scope, candidateRunId, projectId, 'candidateRunId');
  const base = baselineRunId === candidateRunId ? own : await subjectAt(scope, baselineRunId, projectId, 'baselineRunId');
  // A run against itself is its winner against its baseline.
  const usual = base === own && candidateIteration === undefined ? own.baseline?.iterations[0]?.iteration : undefined;
  return {
    baseline: sideOf(base, baselineIteration ?? usual, on, 'baselineIteration'),
    candidate: sideOf(own, candidateIteration, on, 'candidateIteration'),
  };
}

/** SHA-256 over the sorted hashes of a set of examples; null if one of them has none. */
function setHash(examples: readonly { exampleHash: string | null }[]): string | null {
  const hashes = examples.flatMap(({ exampleHash }) => exampleHash ?? []);
  if (hashes.length === 0 || hashes.length < examples.length) return null;
  return hash('sha256', hashes.sort().join('\n'));
}

export async function editImpact(scope: Scope, { runId, projectId }: OperationInput<'editImpact'>): Promise<EditImpact | null> {
  const subject = await subjectOf(scope, runId, projectId);
  return subject === null ? null : editsOf(scope, subject);
}

export async function editsOf(scope: Scope, { reader }: Subject): Promise<EditImpact> {
  return editImpactOf(reader, gistsOf(reader, await promptTexts(scope, reader)));
}

export async function blamePrompt(
  scope: Scope,
  { runId, projectId, iteration }: OperationInput<'blamePrompt'>,
): Promise<BlamedPrompt | null> {
  const subject = await subjectOf(scope, runId, projectId);
  return subject === null ? null : blamed(scope, subject, programAt(subject, iteration, 'iteration'));
}

export async function blamed(scope: Scope, { reader }: Subject, program: RunProgramRecord): Promise<BlamedPrompt> {
  const texts = await promptTexts(scope, reader);
  return blamePromptOf(reader, program, texts, editImpactOf(reader, gistsOf(reader, texts)).edits);
}

export async function regressions(scope: Scope, input: OperationInput<'regressions'>): Promise<RegressionReport | null> {
  const { runId, projectId, iteration, against, againstIteration } = input;
  const subject = await subjectOf(scope, runId, projectId);
  if (subject === null) return null;
  const other = against === undefined || against === runId ? subject : await subjectAt(scope, against, projectId, 'against');
  const program = programAt(subject, iteration, 'iteration');
  const usual = other === subject ? other.baseline?.iterations[0]?.iteration : undefined;
  return changesOf(scope, other, programAt(other, againstIteration ?? usual, 'againstIteration'), subject, program);
}

/** Every evaluation of either program counts, those of other runs too. */
export async function changesOf(
  scope: Scope,
  base: Subject,
  baseProgram: RunProgramRecord,
  own: Subject,
  program: RunProgramRecord,
): Promise<RegressionReport> {
  const hashes = [baseProgram.programHash, program.programHash].flatMap((each) => each ?? []);
  const known = new Set([base.reader.run.runId, own.reader.run.runId]);
  const elsewhere = hashes.length === 0 ? [] : await getProgramsElsewhere(scope, own.reader.run, hashes);
  const others = elsewhere.filter(({ runId }) => !known.has(runId)).map((run) => new RunReader(run));
  const readers = [...new Set([own.reader, base.reader])];
  const side = (subject: Subject, { programHash, iterations }: RunProgramRecord): RegressionSide => ({
    readers: [...readers, ...others],
    runId: subject.reader.run.runId,
    iteration: iterations[0]?.iteration ?? 0,
    programHash,
  });
  return regressionsOf(side(base, baseProgram), side(own, program), own.reader.run);
}

export async function bisectExamples(scope: Scope, input: OperationInput<'bisectExamples'>): Promise<Bisection | null> {
  const subject = await subjectOf(scope, input.runId, input.projectId);
  return subject === null ? null : bisect(subject.reader, programAt(subject, input.iteration, 'iteration'));
}

export async function hindsight(scope: Scope, { runId, projectId }: OperationInput<'hindsight'>) {
  const subject = await subjectOf(scope, runId, projectId);
  return subject === null ? null : hindsightOf(subject.reader, subject.winner);
}

export async function race(scope: Scope, { runIds, projectId }: OperationInput<'race'>): Promise<Race> {
  const readers: RunReader[] = [];
  for (const runId of runIds) readers.push((await subjectAt(scope, runId, projectId, 'runIds')).reader);
  return raceOf(readers);
}
