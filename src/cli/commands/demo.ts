import type { Command } from 'commander';
import { loadAx } from '../../demo/load-ax.js';
import { testTickets, trainingTickets, validationTickets } from '../../demo/tickets.js';
import type { TriageReport } from '../../demo/triage.js';
import { OptrailError } from '../../errors.js';
import { programText } from '../../prompt/text.js';
import type { IterationEvent } from '../../recorder/options.js';
import type { Context } from '../context.js';
import { type DemoModel, liveModel, offlineModel } from '../demo/model.js';
import { earlierDemo, freeName, recordDemo } from '../demo/record.js';
import { score } from '../format/figures.js';
import { plainLine, plainText } from '../format/plain.js';
import { integer } from '../options.js';
import { findRun } from '../reference.js';
import type { Runner } from '../runner.js';
import { typedId } from '../short-ids.js';
import { IterationLines } from '../views/iteration-lines.js';
import { nextSteps } from '../views/next-steps.js';
import { runFacts, type WholeRun } from '../views/run-sheet.js';
import { ranked, topRunColumns } from '../views/top-runs.js';
import { verdictFor } from '../views/verdict.js';

interface DemoOptions {
  live?: true;
  yes?: true;
  project: string;
  seed?: number;
  resume?: string;
}

const NAME = 'ticket triage';
/** Lines of a prompt on a terminal. */
const MOST_LINES = 12;
const MOST_SEED = 2_147_483_647;

export function addDemo(program: Command, run: Runner): void {
  program
    .command('demo')
    .description('watch a real optimizer (AxGEPA) improve a prompt, and record it: offline, in seconds, without a key')
    .option('--project <id>', 'record into this project', 'demo')
    .option('--seed <n>', 'seed of the optimizer: another one takes another way', integer(0, MOST_SEED))
    .option('--resume <run>', 'go on with a demo that was killed or interrupted, from its best prompt')
    .option('--live', 'let a real model answer, with your key: shows the most it can cost, and asks')
    .option('--yes', 'agree to that beforehand')
    .addHelpText(
      'after',
      '\nKeys that --live looks for: OPENAI_API_KEY, ANTHROPIC_API_KEY, GOOGLE_APIKEY, GEMINI_API_KEY.\n\nExamples:\n  optrail demo\n  optrail demo --seed 7\n  optrail demo --resume latest\n  optrail demo --live',
    )
    .action(run(demo));
}

async function demo(context: Context, { live, yes, project, seed, resume }: DemoOptions): Promise<void> {
  const { output } = context;
  const ax = await loadAx();
  const model = live ? await liveModel(context, ax, { yes: yes === true }) : offlineModel(ax);
  if (model === null) return output.note('Nothing was called and nothing was spent.');

  await introduce(context, model);
  const stopped = resume === undefined ? null : await findRun(context, { text: resume, projectId: project });
  const earlier = stopped === null ? null : await earlierDemo(context, stopped, model.kind);
  const runName = stopped?.runName ?? (await freeName(context, project, NAME));
  const lines = new IterationLines(output.view);
  if (output.forPeople) await output.lines([runName, lines.heading()]);
  const onIteration = (event: IterationEvent) => {
    // What can't be written here can't be written below either, where it is an error.
    if (output.forPeople) output.lines([lines.next(event)]).catch(() => {});
    output.progress('recording');
  };
  const report = await recordDemo(context, { ax, model, projectId: project, runName, seed, earlier, onIteration });
  await conclude(context, project, report, model);
}

async function introduce({ output }: Context, { notice }: DemoModel): Promise<void> {
  if (!output.forPeople) return output.note(notice);
  const sizes = `${trainingTickets.length} to learn from, ${validationTickets.length} to choose by, ${testTickets.length} held out`;
  await output.lines([`AxGEPA improves an instruction that sorts support tickets: ${sizes}.`, notice, '']);
}

async function conclude(context: Context, projectId: string, report: TriageReport, model: DemoModel): Promise<void> {
  const { client, output, signal } = context;
  const { runId, heldOut } = report;
  if (runId === undefined) throw new OptrailError('recording_failed', 'The demo ran, but its run was not recorded.');
  const place = { projectId, signal };
  const [run, summary, iterations, top] = await Promise.all([
    client.getOptimizationRun(runId, place),
    client.getOptimizationRunSummary(runId, place),
    client.getOptimizationIterations(runId, place),
    client.getTopRunsByScore(projectId, 10, { signal }),
  ]);
  if (run === null || summary === null) throw new OptrailError('not_found', `Run ${runId} was deleted meanwhile.`);
  const assessment = await verdictFor(context, run);
  const whole: WholeRun = { ...run, ...summary, assessment };
  const ranking = ranked(top);
  const { text } = programText(summary.bestProgram);
  const { bold, dim } = output.view.colors;
  const shortfall = model.shortfall();
  if (shortfall !== null) output.warn(shortfall);

  if (!output.forPeople) {
    const answer = { ...whole, heldOut, leaderboard: ranking.rows, text };
    return output.record(runFacts([]), answer, run.runName);
  }
  await output.lines(['']);
  await output.record(runFacts(iterations), whole, run.runName);
  if (heldOut !== undefined) {
    const { baseline, best, tickets } = heldOut;
    await output.lines(['', `On ${tickets} tickets that the optimizer never saw: ${score(baseline)} before, ${score(best)} now.`]);
  }
  await output.lines(['', bold(`Leaderboard of project ${plainLine(projectId)}`)]);
  await output.table(topRunColumns(ranking), ranking.rows);
  await output.lines([plainLine(ranking.basis)]);
  await output.lines(['', bold('The winning prompt'), ...excerpt(context, text, `best ${typedId(runId)}`)]);
  await output.lines(['', bold('Next'), ...nextSteps(context, run).map((step) => dim(step))]);
}

/** All of a text, but on a terminal not so much that what came before scrolls away. */
function excerpt({ shell, output, typed }: Context, text: string, command: string): string[] {
  const lines = plainText(text).trimEnd().split('\n');
  const shown = shell.stdout.isTTY && lines.length > MOST_LINES ? lines.slice(0, MOST_LINES) : lines;
  const more = lines.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [output.view.colors.dim(`and ${more} lines more: ${typed(command)}`)])].map(
    (line) => `  ${line}`,
  );
}
