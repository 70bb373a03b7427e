import type { Command } from 'commander';
import { OptrailError } from '../../errors.js';
import type { Context } from '../context.js';
import { plainLine } from '../format/plain.js';
import { integer } from '../options.js';
import { findIteration } from '../reference.js';
import type { Runner } from '../runner.js';
import { SAMPLE_COLUMNS } from '../views/samples.js';

const MOST_ITERATIONS = 2_147_483_647;
const MOST_SAMPLES = 99_999;

export function addSamples(program: Command, run: Runner): void {
  program
    .command('samples')
    .description('list the samples of a run')
    .command('list <run>')
    .description('single examples as they were evaluated: input, expected, predicted, score')
    .option('--project <id>', 'look for the run in this project alone')
    .option('--iteration <n>', 'of this iteration; the same as <run>#n', integer(0, MOST_ITERATIONS))
    .option('--failed', 'only those that failed: with an error, or said to be no success')
    .option('--limit <n>', 'at most so many', integer(1, MOST_SAMPLES), 100)
    .addHelpText(
      'after',
      '\nExamples:\n  optrail samples list latest#best\n  optrail samples list 019e2f41 --iteration 3 --failed\n  optrail samples list latest --limit 99999 --output ndjson > samples.ndjson',
    )
    .action(run(list));
}

interface ListOptions {
  project?: string;
  iteration?: number;
  failed?: true;
  limit: number;
}

async function list(context: Context, options: ListOptions, text: string): Promise<void> {
  const { output, reader, signal } = context;
  const { limit, failed } = options;
  const { run, iteration: named } = await findIteration(context, { text, projectId: options.project });
  const iteration = named === 'best' ? run.bestIteration : named;
  if (iteration === null) throw new OptrailError('not_found', `Run "${plainLine(run.runName)}" has no best iteration.`);
  if (iteration !== undefined && options.iteration !== undefined && iteration !== options.iteration) {
    throw new OptrailError('invalid_input', `${text} names iteration ${iteration}, and --iteration ${options.iteration}.`, {
      path: '--iteration',
    });
  }

  const wanted = iteration ?? options.iteration;
  // One more than is shown tells whether there are more.
  const found = await reader.getOptimizationSamples(run.id, wanted, limit + 1, { projectId: run.projectId, failed, signal });
  const samples = found.slice(0, limit);
  await output.list(SAMPLE_COLUMNS, samples);

  const where = wanted === undefined ? 'The run' : `Iteration ${wanted}`;
  if (samples.length === 0) output.note(`${where} has no ${failed ? 'failed ' : ''}samples.`);
  if (found.length > limit) output.note(`these are the first ${limit}: --limit shows more`);
}
