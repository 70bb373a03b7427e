import type { BlamedPrompt, BlameSource, Edit } from '../schemas/trust-edits.js';
import { ancestorsFirst, blame } from './blame.js';
import type { RunProgramRecord, RunReader } from './record.js';

/** A named text of a program. */
export interface PromptText {
  name: string | null;
  text: string;
}

/**
 * The prompt of a program, each piece with the iteration that brought it and what its edit is worth.
 *
 * @param textsOf texts of a program by part; parts are followed through the lineage by their names
 */
export function blamePromptOf(
  reader: RunReader,
  program: RunProgramRecord,
  textsOf: (program: RunProgramRecord) => readonly PromptText[],
  edits: readonly Edit[],
): BlamedPrompt {
  const order = ancestorsFirst(reader.programs, program.index);
  const lineage = order.map((at) => reader.programs[at] as RunProgramRecord);
  const texts = new Map(lineage.map((each) => [each.index, new Map(textsOf(each).map(({ name, text }) => [name, text]))]));
  const parts = [...(texts.get(program.index) ?? [])].map(([name, text]) => {
    const nodes = reader.programs.map((each) => ({
      iteration: each.iterations[0]?.iteration ?? 0,
      text: texts.get(each.index)?.get(name) ?? '',
      parents: each.parents,
    }));
    return { name, text, spans: blame(nodes, program.index) };
  });
  return {
    runId: reader.run.runId,
    projectId: reader.run.projectId,
    iteration: (reader.evaluations(program, ['full'])[0] ?? program.iterations[0])?.iteration ?? 0,
    programHash: program.programHash,
    lineage: lineage.map((each) => each.iterations[0]?.iteration ?? 0),
    parts,
    sources: sourcesOf(parts, reader, edits),
  };
}

function sourcesOf(parts: BlamedPrompt['parts'], reader: RunReader, edits: readonly Edit[]): BlameSource[] {
  const tallies = new Map<number, { lines: number; characters: number }>();
  for (const { spans } of parts) {
    let line = 0;
    const seen = new Map<number, number>();
    for (const { text, iteration } of spans) {
      const tally = tallies.get(iteration) ?? { lines: 0, characters: 0 };
      tallies.set(iteration, tally);
      tally.characters += text.length;
      const breaks = text.split('\n').length - 1;
      const touched = breaks + (text.endsWith('\n') ? 0 : 1);
      // A line with two pieces of one iteration counts once.
      tally.lines += touched - (seen.get(iteration) === line ? 1 : 0);
      line += breaks;
      seen.set(iteration, text.endsWith('\n') ? line - 1 : line);
    }
  }
  return [...tallies]
    .sort(([left], [right]) => left - right)
    .map(([iteration, { lines, characters }]) => {
      const edit = edits.find((each) => reader.programOf(each.iteration) === reader.programOf(iteration));
      return { iteration, lines, characters, evidence: edit?.full ?? edit?.minibatch ?? null, note: noteOf(iteration, lines, edit) };
    });
}

/** The worth of an edit belongs to all its lines together and is never split. */
function noteOf(iteration: number, lines: number, edit: Edit | undefined): string {
  const together = lines > 1 ? `, together with ${lines - 1} other line${lines === 2 ? '' : 's'} of iteration ${iteration}` : '';
  const evidence = edit?.full ?? edit?.minibatch;
  if (edit === undefined) return `stands since iteration ${iteration}`;
  if (evidence === null || evidence === undefined) return `never compared with its parent${together}`;
  return `fixed ${evidence.fixed}, broke ${evidence.broke} of ${evidence.n}${together}`;
}
