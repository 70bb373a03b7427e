import { type Command, Option } from 'commander';
import type { GateResult } from '../../schemas/trust.js';
import type { Context } from '../context.js';
import { number } from '../options.js';
import type { Runner } from '../runner.js';
import { namedProgram, pairOf, withProject } from '../trust/pair.js';
import { exampleNames } from '../views/example-names.js';
import { gateLines, gateMarkdown } from '../views/gate.js';

interface GateCommand {
  project?: string;
  baseline: string;
  margin?: number;
  minDelta?: number;
  alpha?: number;
  undecided: 'pass' | 'fail';
  on: 'full' | 'test';
}

export function addGate(program: Command, run: Runner): void {
  withProject(program.command('gate <run>'))
    .description('tell a CI job whether a prompt may pass: its exit code is the answer')
    .requiredOption('--baseline <run>', 'the run, or run#iteration, that it is held against')
    .option('--margin <score>', 'accept a loss of so much (default: 0)', number)
    .option('--min-delta <score>', 'pass only if it is better by more than this', number)
    .option('--alpha <share>', 'error rate of each one-sided limit (default: 0.05)', number)
    .addOption(new Option('--undecided <outcome>', 'whether an undecided comparison passes').choices(['pass', 'fail']).default('fail'))
    .addOption(new Option('--on <evaluations>', 'compare full evaluations, or held-out ones').choices(['full', 'test']).default('full'))
    .addHelpText(
      'after',
      '\nExit codes: 0 pass, 1 not comparable or an error, 2 wrong usage, 3 regression, 4 undecided.\n\nExamples:\n  optrail gate latest --baseline 019e2f41\n  optrail gate latest#12 --baseline latest#0 --margin 0.02\n  optrail gate latest --baseline main --output md >> "$GITHUB_STEP_SUMMARY"',
    )
    .action(run(gate));
}

async function gate(context: Context, options: GateCommand, text: string): Promise<void> {
  const { client, output, shell } = context;
  const candidate = await namedProgram(context, text, options.project);
  const baseline = await namedProgram(context, options.baseline, options.project);
  const { margin, minDelta, alpha, undecided, on } = options;
  const result = await client.gateRuns(baseline.run.id, candidate.run.id, {
    ...pairOf(context, baseline, candidate),
    margin,
    minDelta,
    alpha,
    undecided,
    on,
  });
  shell.exitCode = result.exitCode;
  if (output.forPrograms) return output.list([], [result], result);
  const nameOf = await namesIn(context, candidate.run.id, candidate.run.projectId, result);
  if (output.format === 'md') return output.data(gateMarkdown(result, nameOf, candidate.run.runName, baseline.run.runName));
  await output.lines(gateLines(result, nameOf));
}

function namesIn(context: Context, runId: string, projectId: string, { worst, candidate }: GateResult) {
  return exampleNames(context, { runId, projectId, iteration: candidate?.iteration ?? 0 }, worst);
}
