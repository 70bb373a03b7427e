import type { Command } from 'commander';
import type { PairOptions } from '../../client/port.js';
import type { OptimizationRun } from '../../schemas/run.js';
import type { Context } from '../context.js';
import { findIteration } from '../reference.js';

/** A run that a command names, with the iteration beside it: `latest#12`. The winner stands for itself. */
export interface NamedProgram {
  run: OptimizationRun;
  iteration: number | undefined;
}

export async function namedProgram(context: Context, text: string, projectId: string | undefined): Promise<NamedProgram> {
  const { run, iteration } = await findIteration(context, { text, projectId });
  return { run, iteration: typeof iteration === 'number' ? iteration : undefined };
}

/** Options of a call about two programs. */
export function pairOf({ signal }: Context, baseline: NamedProgram, candidate: NamedProgram): PairOptions {
  return {
    projectId: candidate.run.projectId,
    baselineIteration: baseline.iteration,
    candidateIteration: candidate.iteration,
    signal,
  };
}

const PROJECT = ['--project <id>', 'look for the run in this project alone'] as const;

export function withProject(command: Command): Command {
  return command.option(...PROJECT);
}
