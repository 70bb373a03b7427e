import type { OptimizationSample } from '../../schemas/sample.js';
import type { Column } from '../format/columns.js';
import { duration, money, score } from '../format/figures.js';
import { valueText } from '../format/shorts.js';

const CONTENT_WIDTH = 60;

const content = (key: 'input' | 'expectedOutput' | 'predictedOutput', title: string): Column<OptimizationSample> => ({
  key,
  title,
  value: (sample) => (sample[key] === null ? null : typeof sample[key] === 'string' ? sample[key] : JSON.stringify(sample[key])),
  show: (sample) => valueText(sample[key]) || '-',
  least: 12,
  most: CONTENT_WIDTH,
});

export const SAMPLE_COLUMNS: readonly Column<OptimizationSample>[] = [
  { key: 'iteration', title: 'ITERATION', align: 'right', value: ({ iteration }) => iteration, spare: 2 },
  { key: 'sampleIndex', title: '#', align: 'right', value: ({ sampleIndex }) => sampleIndex },
  { key: 'exampleId', title: 'EXAMPLE', value: ({ exampleId }) => exampleId, least: 8, most: CONTENT_WIDTH, spare: 4 },
  { key: 'split', value: ({ split }) => split },
  { key: 'score', title: 'SCORE', align: 'right', value: ({ score: value }) => value, show: ({ score: value }) => score(value) },
  {
    key: 'failed',
    title: 'STATUS',
    value: ({ failed }) => failed,
    show: ({ failed }) => (failed ? 'failed' : 'ok'),
    paint: (text, { failed }, { colors }) => (failed ? colors.red(text) : text),
  },
  content('input', 'INPUT'),
  content('expectedOutput', 'EXPECTED'),
  content('predictedOutput', 'PREDICTED'),
  {
    key: 'errorMessage',
    title: 'ERROR OR FEEDBACK',
    value: ({ errorMessage }) => errorMessage,
    show: ({ errorMessage, feedback }) => errorMessage ?? feedback ?? '-',
    least: 12,
    most: CONTENT_WIDTH,
    spare: 5,
  },
  { key: 'feedback', value: ({ feedback }) => feedback },
  {
    key: 'latencyMs',
    title: 'TIME',
    align: 'right',
    value: ({ latencyMs }) => latencyMs,
    show: ({ latencyMs }) => duration(latencyMs),
    spare: 3,
  },
  { key: 'totalTokens', value: ({ totalTokens }) => totalTokens },
  { key: 'costUsd', title: 'COST', align: 'right', value: ({ costUsd }) => costUsd, show: ({ costUsd }) => money(costUsd), spare: 6 },
];
