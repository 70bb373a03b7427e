import { type Command, InvalidArgumentError, Option } from 'commander';
import { isOptrailError, OptrailError } from '../../errors.js';
import { MAX_PAGE, type RunFiltersInput, RunOrderSchema } from '../../schemas/filters.js';
import { type RunStatus, RunStatusSchema } from '../../schemas/run.js';
import type { Context } from '../context.js';
import { collect, integer, number, time } from '../options.js';
import { findRun } from '../reference.js';
import type { Runner } from '../runner.js';
import { noteEmpty } from '../views/empty.js';
import { nextSteps } from '../views/next-steps.js';
import { runFacts } from '../views/run-sheet.js';
import { runColumns, SO_FAR } from '../views/runs.js';
import { verdictFor } from '../views/verdict.js';
import { addRunEdits } from './edit-runs.js';

export function addRuns(program: Command, run: Runner): void {
  const runs = program.command('runs').description('list runs, look at one, rename, tag, annotate or delete it');
  addList(runs, run);
  runs
    .command('show <run>')
    .description('what a run came to: scores, counts, cost, curve, winner')
    .option('--project <id>', 'look in this project alone')
    .addHelpText(
      'after',
      `\n<run> is \`latest\`, an id, the beginning of one, or a name.\n\nExamples:\n  optrail runs show latest\n  optrail runs show 019e2f41 --json`,
    )
    .action(run(show));
  addRunEdits(runs, run);
}

interface ListOptions {
  project?: string;
  status?: RunStatus[];
  type?: string[];
  tag?: string[];
  model?: string;
  metric?: string;
  search?: string;
  minScore?: number;
  maxScore?: number;
  after?: Date;
  before?: Date;
  order?: RunFiltersInput['orderBy'];
  asc?: true;
  limit: number;
  cursor?: string;
  count?: true;
}

function addList(runs: Command, run: Runner): void {
  runs
    .command('list')
    .description('runs, the newest first')
    .option('--project <id>', 'of this project')
    .option('--status <status>', `in this status (${RunStatusSchema.options.join(', ')}); several with commas`, statuses)
    .option('--type <optimizer>', 'of this optimizer, like gepa; repeatable', collect)
    .option('--tag <tag>', 'with this tag; repeated, with all of them', collect)
    .option('--model <model>', 'of this model')
    .option('--metric <metric>', 'by this metric')
    .option('--search <text>', 'with this text in the name, whatever the case')
    .option('--min-score <score>', 'with a final score from here', number)
    .option('--max-score <score>', 'with a final score up to here', number)
    .option('--after <time>', 'made from here on: 2026-01-31 (00:00 UTC), 2026-01-31T12:00:00Z, or 7d ago', time)
    .option('--before <time>', 'made before here; a date is 00:00 UTC of that day', time)
    .addOption(new Option('--order <field>', 'order by').choices(RunOrderSchema.options).default('created_at'))
    .option('--asc', 'the lowest first; without it the highest')
    .option('--limit <n>', 'at most so many', integer(1, MAX_PAGE), 20)
    .option('--cursor <cursor>', 'the page after the one that named this cursor')
    .option('--count', 'also count all runs that match')
    .addHelpText(
      'after',
      '\nExamples:\n  optrail runs list --status running,failed --after 7d\n  optrail runs list --tag nightly --order final_score --limit 5\n  optrail runs list --output csv > runs.csv',
    )
    .action(run(list));
}

async function list(context: Context, options: ListOptions): Promise<void> {
  const { output, reader, signal } = context;
  const filters = filtersOf(options);
  const page = await reader.listOptimizationRuns(filters, { signal }).catch(aboutCursor);
  await output.list(runColumns(page.data), page.data, page);

  if (page.total !== undefined) output.note(`${page.total} ${page.total === 1 ? 'run matches' : 'runs match'}`);
  if (page.data.length === 0) await noteEmpty(context, 'runs that match');
  if (page.data.some(({ finalScore, bestScore }) => finalScore === null && bestScore !== null)) {
    output.note(`${SO_FAR} the best so far of a run without a final score`);
  }
  if (page.nextCursor !== null) output.note(`there are more: repeat the command with --cursor ${page.nextCursor}`);
}

function aboutCursor(error: unknown): never {
  if (!isOptrailError(error) || error.path !== 'cursor') throw error;
  throw new OptrailError('invalid_input', error.message, {
    path: '--cursor',
    hint: 'Repeat the command that named the cursor, filters and order included; leave --cursor out for the first page.',
  });
}

function filtersOf(options: ListOptions): RunFiltersInput {
  const { minScore, maxScore, type } = options;
  if (minScore !== undefined && maxScore !== undefined && minScore > maxScore) {
    throw new OptrailError('invalid_input', `No score is from ${minScore} up to ${maxScore}.`, { path: '--min-score' });
  }
  return {
    projectId: options.project,
    status: options.status,
    optimizerType: type,
    tags: options.tag,
    model: options.model,
    metric: options.metric,
    search: options.search,
    minScore,
    maxScore,
    createdAfter: options.after,
    createdBefore: options.before,
    orderBy: options.order,
    orderDirection: options.asc === true ? 'asc' : 'desc',
    limit: options.limit,
    cursor: options.cursor,
    count: options.count === true,
  };
}

function statuses(text: string, before: RunStatus[] | undefined): RunStatus[] {
  const named = text.split(',').map((one) => {
    const { data } = RunStatusSchema.safeParse(one.trim());
    if (data === undefined) throw new InvalidArgumentError(`Allowed are ${RunStatusSchema.options.join(', ')}.`);
    return data;
  });
  return [...(before ?? []), ...named];
}

interface ShowOptions {
  project?: string;
}

async function show(context: Context, { project }: ShowOptions, text: string): Promise<void> {
  const { output, reader, signal } = context;
  const run = await findRun(context, { text, projectId: project });
  const place = { projectId: run.projectId, signal };
  const summary = await reader.getOptimizationRunSummary(run.id, place);
  if (summary === null) throw new OptrailError('not_found', `Run ${run.id} was deleted meanwhile.`);
  const iterations = output.forPeople ? await reader.getOptimizationIterations(run.id, place) : [];
  const assessment = await verdictFor(context, run);
  await output.record(runFacts(iterations), { ...run, ...summary, assessment }, run.runName);
  output.note(`\nnext:\n${nextSteps(context, run).join('\n')}`);
}
