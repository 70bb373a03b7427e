import { hash } from 'node:crypto';
import type { RecordedRun } from '../../../schemas/recorded-run.js';
import type { RunAssessment } from '../../../schemas/trust.js';
import { RunReader } from '../../../trust/record.js';
import { assessRecorded } from '../../../trust/run-assessment.js';
import { VerdictThread } from './thread.js';

/** Samples from which a verdict is computed on a thread of its own; fewer take under 0.1 s. */
const SAMPLES_FOR_THREAD = 10_000;
/** Verdicts that are kept in memory, about 2 kB each. */
const MOST_VERDICTS = 500;

const thread = new VerdictThread();
const verdicts = new Map<string, Promise<RunAssessment>>();

/** The verdict of a recorded run. It is cached by all that it read, so that a late row makes a new one. */
export function verdictOf(run: RecordedRun, wear: number): Promise<RunAssessment> {
  const key = hash('sha256', JSON.stringify([run, wear]));
  const known = verdicts.get(key);
  if (known !== undefined) return known;
  const verdict = compute(run, wear);
  verdicts.set(key, verdict);
  verdict.catch(() => verdicts.delete(key));
  const [oldest] = verdicts.keys();
  if (verdicts.size > MOST_VERDICTS && oldest !== undefined) verdicts.delete(oldest);
  return verdict;
}

async function compute(run: RecordedRun, wear: number): Promise<RunAssessment> {
  const large = run.samples.score.length >= SAMPLES_FOR_THREAD;
  const told = large ? await thread.assess(run, wear) : null;
  return told ?? assessRecorded(new RunReader(run), { wear }).assessment;
}
