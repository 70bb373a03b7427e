import type { PromptText } from '../../../trust/blame-run.js';
import type { RunProgramRecord, RunReader } from '../../../trust/record.js';

/** Characters of an edit in one line. */
const GIST = 100;

/** First line of text that each iteration added to its parent. */
export function gistsOf(
  reader: RunReader,
  textsOf: (program: RunProgramRecord) => readonly PromptText[],
): (iteration: number) => string | null {
  return (iteration) => {
    const program = reader.programOf(iteration);
    const parent = program === null ? undefined : reader.programs[program.parents[0] ?? -1];
    if (program === null || parent === undefined) return null;
    const before = new Set(linesIn(textsOf(parent)));
    const added = linesIn(textsOf(program)).find((line) => !before.has(line));
    if (added === undefined) return null;
    return added.length > GIST ? `${added.slice(0, GIST - 1)}…` : added;
  };
}

const linesIn = (texts: readonly PromptText[]) =>
  texts.flatMap(({ text }) => text.split('\n').map((line) => line.trim())).filter((line) => line !== '');
