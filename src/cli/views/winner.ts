import { programText } from '../../prompt/text.js';
import type { OptimizationIteration } from '../../schemas/iteration.js';
import type { Column } from '../format/columns.js';
import { score } from '../format/figures.js';

export const winnerColumns: readonly Column<OptimizationIteration>[] = [
  { key: 'runId', value: ({ runId }) => runId },
  { key: 'iteration', title: 'Iteration', align: 'right', value: ({ iteration }) => iteration },
  { key: 'score', title: 'Score', align: 'right', value: ({ score: value }) => value, show: ({ score: value }) => score(value) },
  { key: 'text', title: 'Prompt', value: ({ program, params }) => programText(program ?? params).text },
];
