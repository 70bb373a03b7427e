import type { Command } from 'commander';
import { OptrailError } from '../../errors.js';
import { MAX_PAGE } from '../../schemas/filters.js';
import type { Context } from '../context.js';
import { integer } from '../options.js';
import type { Runner } from '../runner.js';
import { digitsOf } from '../short-ids.js';
import { noteEmpty } from '../views/empty.js';
import { ranked, topRunColumns } from '../views/top-runs.js';

interface LeaderboardOptions {
  project?: string;
  metric?: string;
  evalSet?: string;
  limit: number;
}

export function addLeaderboard(program: Command, run: Runner): void {
  program
    .command('leaderboard')
    .description('completed runs by final score, the best first')
    .option('--project <id>', 'of this project; without it, of the project that ran last')
    .option('--metric <metric>', 'only runs by this metric')
    .option('--eval-set <hash>', 'only runs over this evaluation set')
    .option('--limit <n>', 'at most so many', integer(1, MAX_PAGE), 10)
    .addHelpText('after', '\nExamples:\n  optrail leaderboard --project demo\n  optrail leaderboard --metric accuracy --limit 3 --json')
    .action(run(leaderboard));
}

async function leaderboard(context: Context, { project, metric, evalSet, limit }: LeaderboardOptions): Promise<void> {
  const { output, reader, signal } = context;
  const projectId = project ?? (await projectThatRanLast(context));
  const evalSetHash = projectId === undefined || evalSet === undefined ? evalSet : await wholeHash(context, projectId, evalSet);
  const runs = projectId === undefined ? [] : await reader.getTopRunsByScore(projectId, limit, { metric, evalSetHash, signal });
  const ranking = ranked(runs);
  const { rows, basis, mixed } = ranking;
  await output.list(topRunColumns(ranking), rows);

  if (rows.length === 0) await noteEmpty(context, 'completed runs with a score that match');
  else if (mixed) output.warn(`${basis} Choose with --metric and --eval-set.`);
  else output.note(basis);
}

/** The hash that begins like this, as tables show it. */
async function wholeHash({ reader, signal }: Context, projectId: string, start: string): Promise<string> {
  const runs = await reader.getTopRunsByScore(projectId, MAX_PAGE, { signal });
  const hashes = [...new Set(runs.flatMap(({ evalSetHash }) => evalSetHash ?? []))].filter(
    (hash) => hash.startsWith(start) || digitsOf(hash).startsWith(start),
  );
  const [only, ...others] = hashes;
  if (only === undefined || hashes.includes(start)) return start;
  if (others.length === 0) return only;
  throw new OptrailError('ambiguous_id', `${hashes.length} evaluation sets begin with ${start}: ${hashes.join(', ')}.`, {
    path: '--eval-set',
    hint: 'Type more of it.',
  });
}

async function projectThatRanLast({ reader, output, signal }: Context): Promise<string | undefined> {
  const { data } = await reader.listOptimizationRuns({ limit: 1 }, { signal });
  const projectId = data[0]?.projectId;
  if (projectId !== undefined && (await reader.listProjects({ signal })).length > 1) {
    output.note(`project: ${projectId}, where the newest run is; --project names another`);
  }
  return projectId;
}
