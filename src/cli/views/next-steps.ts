import type { OptimizationRun } from '../../schemas/run.js';
import type { Context } from '../context.js';
import { pad } from '../format/width.js';
import { typedId } from '../short-ids.js';

/** What somebody who has looked at a run may want to look at next, as commands to type. */
export function nextSteps({ typed }: Context, { id, bestIteration }: Pick<OptimizationRun, 'id' | 'bestIteration'>): string[] {
  const run = typedId(id);
  const steps: [command: string, what: string][] = [
    ...(bestIteration === null ? [] : [[typed(`best ${run}`), 'the winning prompt as text'] as [string, string]]),
    [typed(`iterations list ${run}`), 'every candidate with its score'],
    ...(bestIteration === null ? [] : [[typed(`samples list ${run}#best`), 'how the winner did, example by example'] as [string, string]]),
  ];
  const width = Math.max(...steps.map(([command]) => command.length));
  return steps.map(([command, what]) => `  ${pad(command, width, 'left')}  ${what}`);
}
