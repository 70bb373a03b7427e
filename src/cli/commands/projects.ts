import type { Command } from 'commander';
import type { OptimizationProject } from '../../schemas/project.js';
import type { Context } from '../context.js';
import type { Column } from '../format/columns.js';
import { age } from '../format/figures.js';
import type { Runner } from '../runner.js';
import { noteEmpty } from '../views/empty.js';

const COLUMNS: readonly Column<OptimizationProject>[] = [
  { key: 'id', title: 'PROJECT', value: ({ id }) => id, paint: (text, _, { colors }) => colors.cyan(text) },
  { key: 'name', title: 'NAME', value: ({ name }) => name, least: 10 },
  { key: 'runs', title: 'RUNS', align: 'right', value: ({ runs }) => runs ?? null },
  {
    key: 'createdAt',
    title: 'AGE',
    align: 'right',
    value: ({ createdAt }) => createdAt,
    show: ({ createdAt }, { now }) => age(createdAt, now),
  },
];

export function addProjects(program: Command, run: Runner): void {
  program
    .command('projects')
    .description('projects with their number of runs')
    .addHelpText('after', '\nExample:\n  optrail projects --json')
    .action(run(list));
}

async function list(context: Context): Promise<void> {
  const { output, reader, signal } = context;
  const projects = await reader.listProjects({ signal });
  await output.list(COLUMNS, projects);
  if (projects.length === 0) await noteEmpty(context, 'projects');
}
