import type { Command } from 'commander';
import type { BlamedPrompt, BlameSource, BlameSpan } from '../../schemas/trust-edits.js';
import type { Context } from '../context.js';
import type { Column } from '../format/columns.js';
import { plainLine, plainText } from '../format/plain.js';
import { noRun } from '../reference.js';
import type { Runner } from '../runner.js';
import { namedProgram, withProject } from '../trust/pair.js';

export function addBlame(program: Command, run: Runner): void {
  withProject(program.command('blame <run>'))
    .description('tell which iteration brought each piece of the prompt, and what its edit was worth')
    .addHelpText('after', '\nExamples:\n  optrail blame latest\n  optrail blame latest#21 --json')
    .action(run(blame));
}

async function blame(context: Context, { project }: { project?: string }, text: string): Promise<void> {
  const { client, output, signal } = context;
  const { run, iteration } = await namedProgram(context, text, project);
  const told = await client.blamePrompt(run.id, { projectId: run.projectId, iteration, signal });
  if (told === null) throw noRun(context, text);
  if (output.forPeople) await output.lines(blamedLines(told, output.view.colors.dim));
  await output.list(SOURCES, told.sources, told);
}

/** Each line of the prompt behind the iterations that brought its pieces. */
function blamedLines({ parts }: BlamedPrompt, dim: (text: string) => string): string[] {
  const lines = parts.flatMap(({ name, spans }) => {
    const rows = rowsOf(spans);
    const marks = rows.map(({ iterations }) => [...iterations].join('+'));
    const width = Math.max(...marks.map(({ length }) => length));
    const title = name === null ? [] : [dim(`# ${plainLine(name)}`)];
    return [...title, ...rows.map(({ text }, at) => `${dim(`${(marks[at] ?? '').padStart(width)} |`)} ${plainText(text)}`)];
  });
  return [...lines, ''];
}

interface Row {
  iterations: Set<number>;
  text: string;
}

function rowsOf(spans: readonly BlameSpan[]): Row[] {
  let row: Row = { iterations: new Set(), text: '' };
  const rows = [row];
  for (const { text, iteration } of spans) {
    for (const [at, piece] of text.split('\n').entries()) {
      if (at > 0) {
        row = { iterations: new Set(), text: '' };
        rows.push(row);
      }
      if (piece !== '') row.iterations.add(iteration);
      row.text += piece;
    }
  }
  return rows;
}

const SOURCES: readonly Column<BlameSource>[] = [
  { key: 'iteration', title: 'Iteration', align: 'right', value: ({ iteration }) => iteration },
  { key: 'lines', title: 'Lines', align: 'right', value: ({ lines }) => lines },
  { key: 'characters', title: 'Characters', align: 'right', value: ({ characters }) => characters },
  { key: 'word', title: 'Verdict', value: ({ evidence }) => evidence?.word ?? null },
  { key: 'note', title: 'Worth', value: ({ note }) => note },
];
