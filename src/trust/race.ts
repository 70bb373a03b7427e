import type { Race, RaceRun } from '../schemas/receipt.js';
import { spendOf } from './hindsight.js';
import { pairedDifference, pairInterval } from './pair.js';
import { baselineOf, type RunReader } from './record.js';
import { counted, points } from './sentence.js';
import { meanByExample } from './units.js';
import { CLAIM_ALPHA } from './words.js';

/** Runs of an optimizer below which nothing is claimed about it. */
const FEWEST_RUNS = 3;

/** Several runs against each other: best so far by calls, cost and time, and the gain of each optimizer over its runs. */
export function raceOf(readers: readonly RunReader[]): Race {
  const runs = readers.map(raceRun);
  const optimizers = [...new Set(runs.map(({ optimizerType }) => optimizerType))];
  const unlike = unlikeMeasures(readers);
  const entries = optimizers.map((optimizerType) =>
    entryOf(
      optimizerType,
      runs.filter((run) => run.optimizerType === optimizerType),
    ),
  );
  const sentence =
    unlike ?? (entries.some(({ pays }) => pays !== null) ? entries.map(({ note }) => note).join(' ') : 'One run each: no claim.');
  return { projectId: readers[0]?.run.projectId ?? '', entries, runs, sentence };
}

function unlikeMeasures(readers: readonly RunReader[]): string | null {
  const metrics = new Set(readers.map(({ run }) => run.metric));
  if (metrics.size > 1) return 'The runs are scored by different metrics: no claim.';
  const sets = new Set(readers.map(({ run }) => run.evalSetHash));
  if (sets.size > 1 || sets.has(null)) return 'The runs are not known to share an evaluation set: no claim.';
  return null;
}

function raceRun(reader: RunReader): RaceRun {
  const { run } = reader;
  const sign = run.direction === 'maximize' ? 1 : -1;
  const ordered = [...run.iterations].sort((left, right) => left.iteration - right.iteration);
  const baseline = baselineOf(reader);
  const base = baseline === null ? null : scoreOf(reader, baseline.index);
  const points: RaceRun['points'] = [];
  let best: number | null = null;
  for (const [at, each] of ordered.entries()) {
    const program = reader.programOf(each.iteration);
    if (each.evalKind !== 'full' || each.status !== 'completed' || program === null) continue;
    const score = scoreOf(reader, program.index) ?? each.score;
    if (score === null || (best !== null && sign * (score - best) <= 0)) continue;
    best = score;
    points.push({ ...spendOf(reader, ordered.slice(0, at + 1), each.endTime), iteration: each.iteration, best: score / run.scoreMax });
  }
  return {
    runId: run.runId,
    runName: run.runName,
    optimizerType: run.optimizerType,
    baseline: base === null ? null : base / run.scoreMax,
    best: best === null ? null : best / run.scoreMax,
    gain: base === null || best === null ? null : (sign * (best - base)) / run.scoreMax,
    spend: spendOf(reader, ordered, run.endTime),
    points,
  };
}

function scoreOf(reader: RunReader, index: number): number | null {
  const program = reader.programs[index];
  return program === undefined ? null : meanByExample(reader.scores(reader.evaluations(program, ['full'])));
}

/** The run is the cluster: runs of one optimizer are its repeats. */
function entryOf(optimizerType: string, runs: readonly RaceRun[]): Race['entries'][number] {
  const gains = runs.flatMap(({ gain }) => gain ?? []);
  const pair = pairedDifference(gains, null, 1e-9);
  if (gains.length < FEWEST_RUNS) {
    const note = `${optimizerType}: ${counted(runs.length, 'run')}, no claim.`;
    return { optimizerType, runs: runs.length, gain: gains.length === 0 ? null : pair.difference, interval: null, pays: null, note };
  }
  const interval = pairInterval(pair, CLAIM_ALPHA);
  const pays = interval[0] > 0;
  const gain = points(pair.difference, 1);
  const note = pays
    ? `${optimizerType} pays: ${gain} over ${counted(gains.length, 'run')}.`
    : `${optimizerType}: ${gain} over ${counted(gains.length, 'run')}, within their spread.`;
  return { optimizerType, runs: runs.length, gain: pair.difference, interval, pays, note };
}
