import { type Command, Option } from 'commander';
import type { ExamplePair } from '../../schemas/trust.js';
import type { Context } from '../context.js';
import type { Column } from '../format/columns.js';
import { gain, score } from '../format/figures.js';
import { plainLine } from '../format/plain.js';
import type { Runner } from '../runner.js';
import { namedProgram, pairOf, withProject } from '../trust/pair.js';
import { exampleNames } from '../views/example-names.js';

export function addCompare(program: Command, run: Runner): void {
  withProject(program.command('compare <baseline> <candidate>'))
    .description('compare two programs on the examples that both were scored on')
    .addOption(new Option('--on <evaluations>', 'full evaluations, or held-out ones').choices(['full', 'test']).default('full'))
    .option('--all', 'list the examples that stayed the same too')
    .addHelpText('after', '\nExamples:\n  optrail compare latest#0 latest#21\n  optrail compare 019e2f41 latest --output csv > changes.csv')
    .action(run(compare));
}

interface CompareCommand {
  project?: string;
  on: 'full' | 'test';
  all?: true;
}

async function compare(context: Context, { project, on, all }: CompareCommand, from: string, to: string): Promise<void> {
  const { client, output } = context;
  const [baseline, candidate] = [await namedProgram(context, from, project), await namedProgram(context, to, project)];
  const result = await client.compareRuns(baseline.run.id, candidate.run.id, { ...pairOf(context, baseline, candidate), on });
  const rows = result.examples.filter(({ change }) => all === true || change !== 'same');
  if (output.forPrograms) return output.list([], result.examples, result);
  const { run } = candidate;
  const nameOf = await exampleNames(context, { runId: run.id, projectId: run.projectId, iteration: result.candidate.iteration }, rows);
  if (output.forPeople) {
    const counts = `fixed ${result.better}, broke ${result.worse}, same ${result.same}${result.leftOut === 0 ? '' : `, left out ${result.leftOut}`}`;
    await output.lines([plainLine(result.sentence), counts, '']);
  }
  await output.list(changeColumns(nameOf), rows);
}

const changeColumns = (nameOf: (example: ExamplePair) => string): Column<ExamplePair>[] => [
  { key: 'example', title: 'Example', value: nameOf },
  { key: 'change', title: 'Change', value: ({ change }) => change },
  { key: 'baseline', title: 'Baseline', align: 'right', value: ({ baseline }) => baseline, show: ({ baseline }) => score(baseline) },
  { key: 'candidate', title: 'Candidate', align: 'right', value: ({ candidate }) => candidate, show: ({ candidate }) => score(candidate) },
  {
    key: 'difference',
    title: 'Difference',
    align: 'right',
    value: ({ difference }) => difference,
    show: ({ difference }) => gain(difference),
  },
  { key: 'exampleHash', value: ({ exampleHash }) => exampleHash },
];
