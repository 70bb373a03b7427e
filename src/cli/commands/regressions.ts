import type { Command } from 'commander';
import type { Regression } from '../../schemas/trust-edits.js';
import type { Context } from '../context.js';
import type { Column } from '../format/columns.js';
import { score } from '../format/figures.js';
import { plainLine } from '../format/plain.js';
import { noRun } from '../reference.js';
import type { Runner } from '../runner.js';
import { namedProgram, withProject } from '../trust/pair.js';
import { exampleNames } from '../views/example-names.js';

export function addRegressions(program: Command, run: Runner): void {
  withProject(program.command('regressions <run>'))
    .description('list the examples that the winner broke and fixed, beside what noise alone would break')
    .option('--against <run>', 'the run, or run#iteration, that it is held against; without it, its own baseline')
    .addHelpText('after', '\nExamples:\n  optrail regressions latest\n  optrail regressions latest#21 --against 019e2f41')
    .action(run(regressions));
}

async function regressions(context: Context, { project, against }: { project?: string; against?: string }, text: string): Promise<void> {
  const { client, output, signal } = context;
  const { run, iteration } = await namedProgram(context, text, project);
  const other = against === undefined ? undefined : await namedProgram(context, against, project);
  const place = { projectId: run.projectId, signal };
  const report = await client.regressions(run.id, { ...place, iteration, against: other?.run.id, againstIteration: other?.iteration });
  if (report === null) throw noRun(context, text);
  if (output.forPrograms) return output.list([], report.examples, report);
  const nameOf = await exampleNames(
    context,
    { runId: run.id, projectId: run.projectId, iteration: report.candidate.iteration },
    report.examples,
  );
  if (output.forPeople) await output.lines([plainLine(report.sentence), '']);
  await output.list(columns(nameOf), report.examples);
}

const share = ({ right, evaluations }: Regression['baseline']) => `${right} of ${evaluations}`;

const columns = (nameOf: (example: Regression) => string): Column<Regression>[] => [
  { key: 'example', title: 'Example', value: nameOf },
  { key: 'kind', title: 'Change', value: ({ kind }) => kind },
  { key: 'baseline', title: 'Baseline right', align: 'right', value: ({ baseline }) => share(baseline) },
  { key: 'candidate', title: 'Candidate right', align: 'right', value: ({ candidate }) => share(candidate) },
  { key: 'p', title: 'p', align: 'right', value: ({ p }) => p, show: ({ p }) => score(p) },
  { key: 'exampleHash', value: ({ exampleHash }) => exampleHash },
];
