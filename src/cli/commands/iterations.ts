import type { Command } from 'commander';
import type { Context } from '../context.js';
import { integer } from '../options.js';
import { findRun } from '../reference.js';
import type { Runner } from '../runner.js';
import { iterationColumns } from '../views/iterations.js';

export function addIterations(program: Command, run: Runner): void {
  program
    .command('iterations')
    .description('list the iterations of a run')
    .command('list <run>')
    .description('every candidate that was evaluated, with its score and what became of it')
    .option('--project <id>', 'look for the run in this project alone')
    .option('--last <n>', 'the newest n iterations alone, still in their order', integer(1, 100_000))
    .addHelpText(
      'after',
      '\nExamples:\n  optrail iterations list latest\n  optrail iterations list latest --last 20\n  optrail iterations list 019e2f41 --output csv > iterations.csv',
    )
    .action(run(list));
}

async function list(context: Context, { project, last }: { project?: string; last?: number }, text: string): Promise<void> {
  const { output, reader, signal } = context;
  const run = await findRun(context, { text, projectId: project });
  const place = { projectId: run.projectId, signal };
  const iterations =
    last === undefined
      ? await reader.getOptimizationIterations(run.id, place)
      : (await reader.getOptimizationIterations(run.id, { ...place, limit: last, orderDirection: 'desc' })).reverse();
  await output.list(iterationColumns(run.bestIteration), iterations);
  if (iterations.length === 0) output.note(`The run is ${run.status} and recorded no iteration.`);
}
