import type { Bisection, ExampleHistory } from '../schemas/trust-edits.js';
import { ancestorsFirst } from './blame.js';
import type { RunProgramRecord, RunReader } from './record.js';
import { isRight } from './regressions.js';

type Kind = ExampleHistory['kind'];

/** Each example along the lineage of a program: when it was won or lost. */
export function bisect(reader: RunReader, program: RunProgramRecord): Bisection {
  const lineage = ancestorsFirst(reader.programs, program.index).map((at) => reader.programs[at] as RunProgramRecord);
  const steps = lineage.map((each) => ({
    iteration: iterationOf(reader, each),
    scores: reader.scores(reader.evaluations(each, ['full'])),
  }));
  const scored = steps.filter(({ scores }) => scores.size > 0);
  const solved = solvedByAny(reader);
  const found = [...new Set(scored.flatMap(({ scores }) => [...scores.keys()]))].sort((left, right) => left - right);
  const examples = found.map((at): ExampleHistory => {
    const trail = scored.map(({ scores }) => {
      const entry = scores.get(at);
      return entry === undefined ? '-' : isRight(reader, entry.sum / entry.count) ? '1' : '0';
    });
    const { exampleHash = null, exampleId = null } = reader.run.examples[at] ?? {};
    const story = storyOf(
      trail,
      scored.map(({ iteration }) => iteration),
      solved.has(at),
    );
    return { exampleHash, exampleId, trail: trail.join(''), ...story };
  });
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, examples.filter((each) => each.kind === kind).length]));
  return {
    runId: reader.run.runId,
    projectId: reader.run.projectId,
    lineage: scored.map(({ iteration }) => iteration),
    examples,
    counts: counts as Bisection['counts'],
    sentence: sentenceOf(counts as Bisection['counts'], examples.length),
  };
}

const KINDS: readonly Kind[] = ['always right', 'solved', 'lost', 'flickers', 'never solved', 'not scored'];

function iterationOf(reader: RunReader, program: RunProgramRecord): number {
  return (reader.evaluations(program, ['full'])[0] ?? program.iterations[0])?.iteration ?? 0;
}

/** Examples that a complete evaluation of any program got right. */
function solvedByAny(reader: RunReader): Set<number> {
  const solved = new Set<number>();
  for (const program of reader.programs) {
    for (const [at, { sum, count }] of reader.scores(reader.evaluations(program, ['full']))) {
      if (isRight(reader, sum / count)) solved.add(at);
    }
  }
  return solved;
}

function storyOf(
  trail: readonly string[],
  iterations: readonly number[],
  solved: boolean,
): Pick<ExampleHistory, 'kind' | 'flippedAt' | 'note'> {
  const judged = [...trail.keys()].filter((at) => trail[at] !== '-');
  const flips = judged.filter((at, place) => place > 0 && trail[at] !== trail[judged[place - 1] as number]);
  const last = trail[judged[judged.length - 1] ?? 0];
  if (judged.length === 0) return { kind: 'not scored', flippedAt: null, note: 'not scored' };
  if (flips.length > 1) {
    return { kind: 'flickers', flippedAt: null, note: `flickers: ${flips.map((at) => iterations[at]).join(', ')}` };
  }
  const flippedAt = flips[0] === undefined ? null : (iterations[flips[0]] ?? null);
  if (flippedAt !== null)
    return { kind: last === '1' ? 'solved' : 'lost', flippedAt, note: `${last === '1' ? 'flipped' : 'lost'} at ${flippedAt}` };
  if (last === '1') return { kind: 'always right', flippedAt: null, note: 'right from the start' };
  const note = solved ? 'never solved along this lineage, but by another candidate' : 'never solved by any candidate';
  return { kind: 'never solved', flippedAt: null, note };
}

function sentenceOf(counts: Bisection['counts'], total: number): string {
  if (total === 0) return 'No complete evaluation with examples was recorded along the lineage.';
  const { solved, lost, flickers } = counts;
  return `Of ${total} example${total === 1 ? '' : 's'} ${solved} were solved on the way, ${lost} lost, ${flickers} flicker, ${counts['never solved']} were never solved.`;
}
