import type { Command } from 'commander';
import type { ExampleHistory } from '../../schemas/trust-edits.js';
import type { Context } from '../context.js';
import type { Column } from '../format/columns.js';
import { plainLine } from '../format/plain.js';
import { noRun } from '../reference.js';
import type { Runner } from '../runner.js';
import { namedProgram, withProject } from '../trust/pair.js';
import { exampleNames } from '../views/example-names.js';

export function addBisect(program: Command, run: Runner): void {
  withProject(program.command('bisect <run>'))
    .description('tell when each example was won or lost along the lineage of the winner')
    .addHelpText(
      'after',
      '\n1 stands for right, 0 for wrong, - for not scored.\n\nExamples:\n  optrail bisect latest\n  optrail bisect latest --output csv',
    )
    .action(run(bisect));
}

async function bisect(context: Context, { project }: { project?: string }, text: string): Promise<void> {
  const { client, output, signal } = context;
  const { run, iteration } = await namedProgram(context, text, project);
  const told = await client.bisectExamples(run.id, { projectId: run.projectId, iteration, signal });
  if (told === null) throw noRun(context, text);
  if (output.forPrograms) return output.list([], told.examples, told);
  const last = told.lineage[told.lineage.length - 1] ?? 0;
  const nameOf = await exampleNames(context, { runId: run.id, projectId: run.projectId, iteration: last }, told.examples);
  if (output.forPeople) await output.lines([plainLine(told.sentence), `iterations: ${told.lineage.join(', ')}`, '']);
  await output.list(columns(nameOf), told.examples);
}

const columns = (nameOf: (example: ExampleHistory) => string): Column<ExampleHistory>[] => [
  { key: 'example', title: 'Example', value: nameOf },
  { key: 'trail', title: 'Trail', value: ({ trail }) => trail },
  { key: 'note', title: 'Story', value: ({ note }) => note },
  { key: 'kind', value: ({ kind }) => kind },
  { key: 'flippedAt', value: ({ flippedAt }) => flippedAt },
  { key: 'exampleHash', value: ({ exampleHash }) => exampleHash },
];
