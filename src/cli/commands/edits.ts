import type { Command } from 'commander';
import type { Edit, EditEvidence } from '../../schemas/trust-edits.js';
import type { Context } from '../context.js';
import type { Column } from '../format/columns.js';
import { gain } from '../format/figures.js';
import { plainLine } from '../format/plain.js';
import { findRun, noRun } from '../reference.js';
import type { Runner } from '../runner.js';
import { withProject } from '../trust/pair.js';

export function addEdits(program: Command, run: Runner): void {
  withProject(program.command('edits <run>'))
    .description('weigh each edit of a run: fixed, broke, and whether it can be told from nothing')
    .addHelpText('after', '\nExamples:\n  optrail edits latest\n  optrail edits latest --output md')
    .action(run(edits));
}

async function edits(context: Context, { project }: { project?: string }, text: string): Promise<void> {
  const { client, output, signal } = context;
  const run = await findRun(context, { text, projectId: project });
  const impact = await client.editImpact(run.id, { projectId: run.projectId, signal });
  if (impact === null) throw noRun(context, text);
  if (output.forPeople) await output.lines([plainLine(impact.sentence), '']);
  await output.list(COLUMNS, impact.edits, impact);
}

/** Full evaluations tell more than minibatches. */
const told = ({ full, minibatch }: Edit): EditEvidence | null => full ?? minibatch;

const COLUMNS: readonly Column<Edit>[] = [
  { key: 'iteration', title: 'Iteration', align: 'right', value: ({ iteration }) => iteration },
  { key: 'parent', title: 'Parent', align: 'right', value: ({ parents }) => parents.join('+') },
  { key: 'decision', title: 'Decision', value: ({ decision }) => decision },
  { key: 'on', title: 'On', value: ({ full, minibatch }) => (full !== null ? 'full' : minibatch === null ? null : 'minibatch') },
  { key: 'n', title: 'Examples', align: 'right', value: (edit) => told(edit)?.n ?? null },
  { key: 'fixed', title: 'Fixed', align: 'right', value: (edit) => told(edit)?.fixed ?? null },
  { key: 'broke', title: 'Broke', align: 'right', value: (edit) => told(edit)?.broke ?? null },
  {
    key: 'difference',
    title: 'Difference',
    align: 'right',
    value: (edit) => told(edit)?.difference ?? null,
    show: (edit) => gain(told(edit)?.difference),
  },
  { key: 'word', title: 'Verdict', value: (edit) => told(edit)?.word ?? null },
  { key: 'adjustedP', value: (edit) => told(edit)?.adjustedP ?? null },
  { key: 'gist', title: 'Edit', value: ({ gist }) => gist, least: 20, spare: 1 },
];
