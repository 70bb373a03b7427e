import type { Command } from 'commander';
import { OptrailError } from '../../errors.js';
import { BestTracker } from '../../schemas/best.js';
import type { OptimizationIteration } from '../../schemas/iteration.js';
import type { OptimizationRun } from '../../schemas/run.js';
import type { Context } from '../context.js';
import { count, money, score } from '../format/figures.js';
import { json } from '../format/json.js';
import { findRun } from '../reference.js';
import type { Runner } from '../runner.js';
import { sparkline } from '../sparkline.js';
import { IterationLines } from '../views/iteration-lines.js';
import { follow } from '../watch/follow.js';

const CURVE_WIDTH = 30;

export function addWatch(program: Command, run: Runner): void {
  program
    .command('watch [run]')
    .description('follow a run: its iterations as they are recorded, until it ends')
    .option('--project <id>', 'look for the run in this project alone')
    .addHelpText(
      'after',
      '\n<run> is `latest` where it is left out. With --json: an iteration a line.\n\nExamples:\n  optrail watch\n  optrail watch 019e2f41 --json | jq .score',
    )
    .action(run(watch));
}

async function watch(context: Context, { project }: { project?: string }, text = 'latest'): Promise<void> {
  const { output, reader, signal } = context;
  if (!output.forPeople && !output.forPrograms) {
    throw new OptrailError('invalid_input', `watch has no end to lay out as ${output.format}: it prints a line for each iteration.`, {
      path: '--output',
      hint: 'Use --json, or `iterations list` once the run has ended.',
    });
  }
  const run = await findRun(context, { text, projectId: project });
  const page = new Page(context, run);
  await page.begin();
  const onTrouble = ({ message }: OptrailError) => output.progress(`${message} Waiting for it.`);
  for await (const look of follow(reader, run, { signal, onTrouble })) await page.add(look.run, look.iterations);
  page.end();
}

/** What is seen of a run that is followed: iterations on stdout, and on the terminal below them how it stands. */
class Page {
  readonly #output: Context['output'];
  readonly #lines: IterationLines;
  readonly #standing: BestTracker;
  readonly #curve: (number | null)[] = [];
  #run: OptimizationRun;

  constructor({ output }: Context, run: OptimizationRun) {
    this.#output = output;
    this.#run = run;
    this.#lines = new IterationLines(output.view);
    this.#standing = new BestTracker(run.direction);
  }

  async begin(): Promise<void> {
    this.#output.note(`run: ${this.#run.runName} (${this.#run.id})`);
    if (this.#output.forPeople) await this.#output.lines([this.#lines.heading()]);
  }

  async add(run: OptimizationRun, iterations: readonly OptimizationIteration[]): Promise<void> {
    if (run.status === 'stale' && this.#run.status !== 'stale') this.#output.note('The run has shown no sign of life for 45 seconds.');
    this.#run = run;
    if (iterations.length > 0) await this.#output.data(iterations.map((each) => `${this.#line(each)}\n`).join(''));
    this.#output.progress(`${run.status} · ${this.#standingText()}`);
  }

  end(): void {
    this.#output.note(`The run is ${this.#run.status}: ${this.#standingText()}.`);
  }

  #line(iteration: OptimizationIteration): string {
    this.#standing.record(iteration.iteration, iteration);
    this.#curve.push(this.#standing.best?.score ?? null);
    if (!this.#output.forPeople) return json(iteration);
    return this.#lines.next({ ...iteration, bestSoFar: this.#standing.best });
  }

  #standingText(): string {
    const { iterations, samplesEvaluated, totalCostUsd, bestScore } = this.#run;
    const curve = sparkline(this.#curve, { width: CURVE_WIDTH, ascii: !this.#output.view.unicode });
    const figures = [
      `best ${score(bestScore)}`,
      `${count(iterations)} iterations`,
      `${count(samplesEvaluated)} samples`,
      money(totalCostUsd),
    ];
    return [curve, figures.join(', ')].filter((part) => part.trim() !== '').join(' · ');
  }
}
