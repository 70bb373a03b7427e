import type { Command } from 'commander';
import type { RaceRun } from '../../schemas/receipt.js';
import type { OptimizationRun } from '../../schemas/run.js';
import type { Context } from '../context.js';
import type { Column } from '../format/columns.js';
import { count, duration, gain, money, score } from '../format/figures.js';
import { plainLine } from '../format/plain.js';
import { findRun } from '../reference.js';
import type { Runner } from '../runner.js';
import { withProject } from '../trust/pair.js';

export function addRace(program: Command, run: Runner): void {
  withProject(program.command('race <runs...>'))
    .description('hold runs against each other by calls, cost and time; a claim about an optimizer needs three of its runs')
    .addHelpText(
      'after',
      '\nExamples:\n  optrail race 019e2f41 019e2f77\n  optrail race gepa-1 gepa-2 gepa-3 mipro-1 mipro-2 mipro-3 --json',
    )
    .action(run(race));
}

async function race(context: Context, { project }: { project?: string }, names: string[]): Promise<void> {
  const { client, output, signal } = context;
  const runs: OptimizationRun[] = [];
  for (const text of names) runs.push(await findRun(context, { text, projectId: project }));
  const told = await client.race(
    runs.map(({ id }) => id),
    { projectId: project, signal },
  );
  if (output.forPeople) await output.lines([plainLine(told.sentence), '']);
  await output.list(COLUMNS, told.runs, told);
}

const COLUMNS: readonly Column<RaceRun>[] = [
  { key: 'runName', title: 'Run', value: ({ runName }) => runName },
  { key: 'optimizerType', title: 'Optimizer', value: ({ optimizerType }) => optimizerType },
  { key: 'baseline', title: 'Baseline', align: 'right', value: ({ baseline }) => baseline, show: ({ baseline }) => score(baseline) },
  { key: 'best', title: 'Best', align: 'right', value: ({ best }) => best, show: ({ best }) => score(best) },
  { key: 'gain', title: 'Gain', align: 'right', value: (run) => run.gain, show: (run) => gain(run.gain) },
  { key: 'calls', title: 'Calls', align: 'right', value: ({ spend }) => spend.calls, show: ({ spend }) => count(spend.calls) },
  { key: 'costUsd', title: 'Cost', align: 'right', value: ({ spend }) => spend.costUsd, show: ({ spend }) => money(spend.costUsd) },
  { key: 'timeMs', title: 'Time', align: 'right', value: ({ spend }) => spend.timeMs, show: ({ spend }) => duration(spend.timeMs) },
  { key: 'runId', value: ({ runId }) => runId },
];
