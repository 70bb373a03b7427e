import type { Command } from 'commander';
import { createTwoFilesPatch } from 'diff';
import { OptrailError } from '../../errors.js';
import { programText } from '../../prompt/text.js';
import type { OptimizationIteration } from '../../schemas/iteration.js';
import type { Context } from '../context.js';
import { plainText } from '../format/plain.js';
import type { Runner } from '../runner.js';
import { type NamedProgram, namedProgram, withProject } from '../trust/pair.js';

export function addDiff(program: Command, run: Runner): void {
  withProject(program.command('diff <from> <to>'))
    .description('show what changed between two prompts')
    .addHelpText(
      'after',
      '\nWithout a number the winner of the run is meant.\n\nExamples:\n  optrail diff latest#0 latest\n  optrail diff 019e2f41 latest#12',
    )
    .action(run(diff));
}

async function diff(context: Context, { project }: { project?: string }, from: string, to: string): Promise<void> {
  const { output } = context;
  const [before, after] = comparable(await promptOf(context, from, project), await promptOf(context, to, project));
  const patch = createTwoFilesPatch(before.name, after.name, ended(before.text), ended(after.text), undefined, undefined, { context: 3 });
  // The first line is a rule of the library's own.
  const text = patch.split('\n').slice(1).join('\n');
  if (output.forPrograms) return output.list([], [], { from: before, to: after, patch: text });
  if (before.text === after.text) return output.note('The two prompts are the same.');
  if (!output.forPeople) return output.data(output.format === 'md' ? `\`\`\`diff\n${text}\`\`\`\n` : text);
  const { red, green, dim } = output.view.colors;
  const paint = (line: string) =>
    line.startsWith('+') ? green(line) : line.startsWith('-') ? red(line) : line.startsWith('@') ? dim(line) : line;
  await output.lines(plainText(text).trimEnd().split('\n').map(paint));
}

/** Programs whose texts are equal may differ in a number or another setting: then both are compared as JSON. */
function comparable(before: Prompt, after: Prompt): [NamedText, NamedText] {
  const asJson = before.text === after.text && jsonOf(before) !== jsonOf(after);
  const named = (prompt: Prompt): NamedText => {
    const { name, iteration, text } = prompt;
    return { name, iteration, text: asJson ? jsonOf(prompt) : text };
  };
  return [named(before), named(after)];
}

const jsonOf = ({ program }: Prompt) => JSON.stringify(program, null, 2);

const ended = (text: string) => (text.endsWith('\n') ? text : `${text}\n`);

interface NamedText {
  readonly name: string;
  readonly iteration: number;
  readonly text: string;
}

interface Prompt extends NamedText {
  readonly program: unknown;
}

async function promptOf(context: Context, text: string, projectId: string | undefined): Promise<Prompt> {
  const named = await namedProgram(context, text, projectId);
  const found = await iterationOf(context, named);
  if (found?.program === undefined || found.program === null) {
    throw new OptrailError('not_found', `${text} has no recorded program.`, {
      hint: `${context.typed(`iterations list ${named.run.id}`)} shows its iterations.`,
    });
  }
  const { iteration, program } = found;
  return { name: `${named.run.runName}#${iteration}`, iteration, text: programText(program).text, program };
}

async function iterationOf({ client, signal }: Context, { run, iteration }: NamedProgram): Promise<OptimizationIteration | null> {
  const place = { projectId: run.projectId, signal };
  if (iteration === undefined) return client.getBestIteration(run.id, place);
  const iterations = await client.getOptimizationIterations(run.id, {
    ...place,
    limit: 1,
    ...(iteration === 0 ? {} : { after: iteration - 1 }),
  });
  return iterations.find((each) => each.iteration === iteration) ?? null;
}
