import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { OptrailError } from '../../errors.js';
import { programText } from '../../prompt/text.js';
import type { OptimizationIteration } from '../../schemas/iteration.js';
import type { OptimizationRun } from '../../schemas/run.js';
import type { Context } from '../context.js';
import { count, score } from '../format/figures.js';
import { plainLine } from '../format/plain.js';
import { axProgram, dspyState } from '../program-file.js';
import { findIteration } from '../reference.js';
import type { Runner } from '../runner.js';
import { hasVerdict, verdictFor } from '../views/verdict.js';
import { whyNoBest } from '../views/why-no-best.js';
import { winnerColumns } from '../views/winner.js';

const FORMATS = ['text', 'json', 'dspy', 'ax'] as const;
type Format = (typeof FORMATS)[number];

interface BestOptions {
  project?: string;
  format?: Format;
  out?: string;
}

export function addBest(program: Command, run: Runner): void {
  program
    .command('best <run>')
    .description('the winning prompt, ready to pipe')
    .option('--project <id>', 'look for the run in this project alone')
    .addOption(
      new Option(
        '--format <format>',
        'the prompt as text, the whole program as the JSON it was recorded as, or the file that DSPy or Ax loads (default: text)',
      ).choices(FORMATS),
    )
    .option('--out <file>', 'write it to this file')
    .addHelpText(
      'after',
      '\n<run> may name another iteration: latest#12. --json prints the iteration with its program and its text.\n\nExamples:\n  optrail best latest | pbcopy\n  optrail best 019e2f41 --out prompts/triage.txt\n  optrail best latest --format json --out program.json\n  optrail best latest --format dspy --out program.json',
    )
    .action(run(best));
}

async function best(context: Context, options: BestOptions, text: string): Promise<void> {
  const { output } = context;
  const { run, iteration } = await findIteration(context, { text, projectId: options.project });
  const winner = typeof iteration === 'number' ? await theIteration(context, run, iteration) : await theBest(context, run);
  noteOrigin(context, run, winner);
  if (typeof iteration !== 'number') await noteVerdict(context, run);
  if (options.format === undefined && !output.forPeople) {
    await output.list(winnerColumns, [winner], { ...winner, text: textOf(context, run, winner) });
    return;
  }
  const content = contentOf(context, run, winner, options.format ?? 'text');
  if (options.out === undefined) return output.verbatim(content);
  await writeFile(options.out, content.endsWith('\n') ? content : `${content}\n`);
  output.note(`written to ${plainLine(options.out)} (${count(content.length)} characters)`);
}

async function theBest(context: Context, run: OptimizationRun): Promise<OptimizationIteration> {
  const { reader, signal, typed } = context;
  const place = { projectId: run.projectId, signal };
  const winner = await reader.getBestIteration(run.id, place);
  if (winner !== null) return winner;
  const iterations = await reader.getOptimizationIterations(run.id, place);
  throw new OptrailError('not_found', `Run "${plainLine(run.runName)}" has no best iteration: ${whyNoBest(run, iterations)}.`, {
    hint:
      iterations.length === 0
        ? undefined
        : `${typed(`iterations list ${run.id}`)} shows them; \`best <run>#<number>\` gives the prompt of any.`,
  });
}

async function theIteration({ reader, signal, typed }: Context, run: OptimizationRun, number: number): Promise<OptimizationIteration> {
  const iterations = await reader.getOptimizationIterations(run.id, { projectId: run.projectId, signal });
  const found = iterations.find(({ iteration }) => iteration === number);
  if (found !== undefined) return found;
  throw new OptrailError('not_found', `Run "${plainLine(run.runName)}" has no iteration ${number}.`, {
    hint: `${typed(`iterations list ${run.id}`)} shows those it has.`,
  });
}

function contentOf(context: Context, run: OptimizationRun, winner: OptimizationIteration, format: Format): string {
  if (format === 'text') return textOf(context, run, winner);
  const program = programOf(run, winner);
  const recorded = winner.program === null ? null : winner.programText;
  if (format === 'dspy') return dspyState(run, program, recorded);
  if (format === 'ax') return axProgram(run, winner, program);
  return recorded ?? JSON.stringify(program, null, 2);
}

function noteOrigin({ output }: Context, run: OptimizationRun, winner: OptimizationIteration): void {
  const against = run.initialScore === null ? '' : ` against ${score(run.initialScore)} before`;
  const original = winner.isBaseline ? '; no improvement: the original stays' : '';
  output.note(`${plainLine(run.runName)}, iteration ${winner.iteration}: score ${score(winner.score)}${against}${original}`);
}

async function noteVerdict(context: Context, run: OptimizationRun): Promise<void> {
  const assessment = await verdictFor(context, run);
  if (hasVerdict(assessment)) context.output.note(plainLine(assessment.sentence));
}

function textOf({ output }: Context, run: OptimizationRun, winner: OptimizationIteration): string {
  const { text, known } = programText(programOf(run, winner));
  if (winner.program === null) output.note('The iteration was recorded without its program; these are its parameters.');
  else if (!known) output.note('The program has no text in a place that is known, so here it is as JSON.');
  return text;
}

/** An iteration without a program may still say in its parameters what it tried. */
function programOf(run: OptimizationRun, { iteration, program, params }: OptimizationIteration): unknown {
  if (program !== null) return program;
  if (Object.keys(params).length > 0) return params;
  throw new OptrailError('not_found', `Iteration ${iteration} of run "${plainLine(run.runName)}" was recorded without its program.`, {
    hint: 'Record it with the iteration: run.record({ program, ... }).',
  });
}
