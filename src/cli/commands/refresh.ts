import type { Command } from 'commander';
import type { Context } from '../context.js';
import type { Runner } from '../runner.js';

export function addRefresh(program: Command, run: Runner): void {
  program.command('refresh').description('bring the analytics (optimization_run_analytics) up to date').action(run(refresh));
}

async function refresh({ client, output, signal }: Context): Promise<void> {
  const started = performance.now();
  await client.refreshOptimizationAnalytics({ signal });
  const durationMs = Math.round(performance.now() - started);
  if (output.forPeople) output.note(`The analytics are up to date (${durationMs} ms).`);
  else
    await output.list([{ key: 'durationMs', title: 'Milliseconds', value: (row) => row.durationMs }], [{ durationMs }], {
      refreshed: true,
      durationMs,
    });
}
