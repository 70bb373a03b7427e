import type { OptimizationIteration } from '../../../../../src/schemas/iteration.js';
import type { Cell } from '../../../export/csv.js';
import { programText } from '../../../model/prompt.js';

const COLUMNS: readonly (readonly [name: string, cell: (row: OptimizationIteration) => Cell])[] = [
  ['iteration', ({ iteration }) => iteration],
  ['status', ({ status }) => status],
  ['evalKind', ({ evalKind }) => evalKind],
  ['decision', ({ decision }) => decision],
  ['decisionReason', ({ decisionReason }) => decisionReason],
  ['score', ({ score }) => score],
  ['scores', ({ scores }) => (scores === null ? null : JSON.stringify(scores))],
  ['parentIterations', ({ parentIterations }) => parentIterations.join(' ')],
  ['isBaseline', ({ isBaseline }) => isBaseline],
  ['costUsd', ({ costUsd }) => costUsd],
  ['totalTokens', ({ totalTokens }) => totalTokens],
  ['durationMs', ({ durationMs }) => durationMs],
  ['params', ({ params }) => JSON.stringify(params)],
  ['prompt', ({ program }) => (program === null ? null : programText(program).text)],
  ['errorMessage', ({ errorMessage }) => errorMessage],
  ['createdAt', ({ createdAt }) => createdAt],
];

/** Iterations as rows of a file. */
export function iterationsSheet(
  iterations: readonly OptimizationIteration[],
): [header: readonly string[], rows: readonly (readonly Cell[])[]] {
  return [COLUMNS.map(([name]) => name), iterations.map((row) => COLUMNS.map(([, cell]) => cell(row)))];
}
