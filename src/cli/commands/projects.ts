import type { Command } from 'commander';
import { OptrailError } from '../../errors.js';
import type { OptimizationProject } from '../../schemas/project.js';
import { withConfirmation } from '../confirm.js';
import { type Context, quoted } from '../context.js';
import type { Column } from '../format/columns.js';
import { age, count } from '../format/figures.js';
import { plainLine } from '../format/plain.js';
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
  const projects = program
    .command('projects')
    .description('projects with their number of runs')
    .addHelpText('after', '\nExamples:\n  optrail projects --json\n  optrail projects create support --name "Support triage"')
    .action(run(list));
  projects
    .command('create <id>')
    .description('make a project; one that exists stays as it is')
    .option('--name <name>', 'what people call it; the id without it')
    .action(run(create));
  projects.command('rename <id> <name>').description('give a project another name; its id stays').action(run(rename));
  projects
    .command('rm <id>')
    .description('delete a project with all its runs, members and keys; without --yes, say what would go')
    .option('--yes', 'do it')
    .action(run(remove));
}

async function list(context: Context): Promise<void> {
  const { output, reader, signal } = context;
  const projects = await reader.listProjects({ signal });
  await output.list(COLUMNS, projects);
  if (projects.length === 0) await noteEmpty(context, 'projects');
}

async function create({ client, output, signal }: Context, { name }: { name?: string }, id: string): Promise<void> {
  const project = await client.createProject({ id, ...(name === undefined ? {} : { name }) }, { signal });
  await output.list(COLUMNS, [project], project);
}

async function rename(context: Context, _: object, id: string, name: string): Promise<void> {
  await existing(context, id);
  const { client, output, signal } = context;
  const project = await client.updateProject(id, { name }, { signal });
  await output.list(COLUMNS, [project], project);
}

const many = (amount: number, noun: string) => `${count(amount)} ${noun}${amount === 1 ? '' : 's'}`;

async function remove(context: Context, { yes }: { yes?: true }, id: string): Promise<void> {
  await existing(context, id);
  const { client, signal } = context;
  const { total: runs = 0 } = await client.listOptimizationRuns({ projectId: id, limit: 1, count: true }, { signal });
  const [members, keys] = [await client.listProjectMembers(id, { signal }), await client.listApiKeys(id, { signal })];
  const what = `the project ${plainLine(id)} with ${many(runs, 'run')}, ${many(members.length, 'member')} and ${many(keys.length, 'key')}`;
  await withConfirmation(context, yes, {
    command: `projects rm ${quoted(id)}`,
    plan: { projectId: id, runs, members: members.length, keys: keys.length },
    preview: `This would delete ${what}.`,
    done: `Deleted ${what}.`,
    act: () => client.deleteProject(id, { signal }),
  });
}

/** The project that a command is about. Looked for first, so that no database is made for a name that is misspelled. */
export async function existing({ reader, signal, typed }: Context, id: string): Promise<OptimizationProject> {
  const project = await reader.getProject(id, { signal });
  if (project !== null) return project;
  throw new OptrailError('not_found', `There is no project ${plainLine(id)}.`, {
    hint: `${typed('projects')} lists those that there are; ${typed(`projects create ${quoted(id)}`)} makes it.`,
  });
}
