import type { Command } from 'commander';
import { OptrailError } from '../../errors.js';
import type { OptimizationRun, UpdateOptimizationRunInput } from '../../schemas/run.js';
import { withConfirmation } from '../confirm.js';
import type { Context } from '../context.js';
import type { Column } from '../format/columns.js';
import { count } from '../format/figures.js';
import { plainLine } from '../format/plain.js';
import { findRun } from '../reference.js';
import type { Runner } from '../runner.js';

interface EditOptions {
  project?: string;
}

const COLUMNS: readonly Column<OptimizationRun>[] = [
  { key: 'id', title: 'RUN', value: ({ id }) => id, paint: (text, _, { colors }) => colors.cyan(text) },
  { key: 'runName', title: 'NAME', value: ({ runName }) => runName, least: 10 },
  { key: 'tags', title: 'TAGS', value: ({ tags }) => tags.join(', ') },
  { key: 'notes', title: 'NOTES', value: ({ notes }) => notes, least: 10 },
];

/** Adds `runs rename`, `runs tag`, `runs note` and `runs delete`. */
export function addRunEdits(runs: Command, run: Runner): void {
  const withProject = (command: Command) => command.option('--project <id>', 'look in this project alone');
  withProject(runs.command('rename <run> <name>'))
    .description('give a run another name; its id stays')
    .addHelpText('after', '\nExamples:\n  optrail runs rename latest "triage, second try"')
    .action(run(rename));
  withProject(runs.command('tag <run> [tags...]'))
    .description('add tags to a run, or remove them')
    .option('--remove <tag...>', 'remove these tags')
    .addHelpText('after', '\nExamples:\n  optrail runs tag latest production\n  optrail runs tag latest production --remove draft')
    .action(run(tag));
  withProject(runs.command('note <run> [text]'))
    .description('write the note of a run in place of the one it has')
    .option('--append', 'add a line to the note')
    .option('--clear', 'remove the note')
    .addHelpText('after', '\nExamples:\n  optrail runs note latest "too few examples"\n  optrail runs note latest --clear')
    .action(run(note));
  withProject(runs.command('delete <run>'))
    .alias('rm')
    .description('delete a run with its iterations and samples; without --yes, say what would go')
    .option('--yes', 'do it')
    .addHelpText('after', '\nExamples:\n  optrail runs delete 019e2f41\n  optrail runs delete 019e2f41 --yes')
    .action(run(remove));
}

async function rename(context: Context, { project }: EditOptions, text: string, runName: string): Promise<void> {
  await change(context, await findRun(context, { text, projectId: project }), { runName });
}

interface TagOptions extends EditOptions {
  remove?: string[];
}

async function tag(context: Context, { project, remove: removed = [] }: TagOptions, text: string, added: string[]): Promise<void> {
  if (added.length + removed.length === 0) {
    throw new OptrailError('invalid_input', 'No tag is given.', { path: '<tags>', hint: 'Name tags to add, or use --remove <tag>.' });
  }
  const both = added.find((each) => removed.includes(each));
  if (both !== undefined) {
    throw new OptrailError('invalid_input', `The tag "${both}" cannot be added and removed at once.`, { path: '--remove' });
  }
  const run = await findRun(context, { text, projectId: project });
  const absent = removed.filter((each) => !run.tags.includes(each));
  if (absent.length > 0) context.output.note(`the run did not have ${absent.map((each) => `"${plainLine(each)}"`).join(', ')}`);
  await change(context, run, { tags: [...new Set([...run.tags, ...added])].filter((each) => !removed.includes(each)) });
}

interface NoteOptions extends EditOptions {
  append?: true;
  clear?: true;
}

async function note(context: Context, { project, append, clear }: NoteOptions, text: string, words?: string): Promise<void> {
  if ((words === undefined) !== (clear === true) || (append && clear)) {
    throw new OptrailError('invalid_input', 'A note is either written or cleared.', {
      path: '<text>',
      hint: 'Give a text, or --clear without a text.',
    });
  }
  const run = await findRun(context, { text, projectId: project });
  const before = append && run.notes !== null ? `${run.notes}\n` : '';
  await change(context, run, { notes: words === undefined ? null : `${before}${words}` });
}

async function change({ client, output, signal }: Context, run: OptimizationRun, changes: UpdateOptimizationRunInput): Promise<void> {
  const changed = await client.updateOptimizationRun(run.id, changes, { projectId: run.projectId, signal });
  await output.list(COLUMNS, [changed], changed);
}

async function remove(context: Context, { project, yes }: EditOptions & { yes?: true }, text: string): Promise<void> {
  const { client, signal } = context;
  const { id, projectId, runName, iterations, samplesEvaluated, status } = await findRun(context, { text, projectId: project });
  const what = `the ${status} run "${plainLine(runName)}" (${id}) of ${plainLine(projectId)} with ${many(iterations, 'iteration')} and ${many(samplesEvaluated, 'sample')}`;
  await withConfirmation(context, yes, {
    command: `runs delete ${id}`,
    plan: { runId: id, projectId, runName, status, iterations, samplesEvaluated },
    preview: `This would delete ${what}.`,
    done: `Deleted ${what}.`,
    act: async () => {
      if (await client.deleteOptimizationRun(id, { projectId, signal })) return;
      throw new OptrailError('not_found', `Run ${id} was deleted meanwhile.`);
    },
  });
}

const many = (amount: number, noun: string) => `${count(amount)} ${noun}${amount === 1 ? '' : 's'}`;
