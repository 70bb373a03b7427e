import type { OptimizationSample } from '../../../../../src/schemas/sample.js';
import type { Cell } from '../../../export/csv.js';

/** A value for a spreadsheet: a text as it is, an object with one text as that text, anything else as JSON. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  const members = Object.values(value);
  return !Array.isArray(value) && members.length === 1 && typeof members[0] === 'string' ? members[0] : JSON.stringify(value);
}

const COLUMNS: readonly (readonly [name: string, cell: (row: OptimizationSample) => Cell])[] = [
  ['sampleIndex', ({ sampleIndex }) => sampleIndex],
  ['exampleId', ({ exampleId }) => exampleId],
  ['score', ({ score }) => score],
  ['failed', ({ failed }) => failed],
  ['input', ({ input }) => cellText(input)],
  ['expectedOutput', ({ expectedOutput }) => cellText(expectedOutput)],
  ['predictedOutput', ({ predictedOutput }) => cellText(predictedOutput)],
  ['feedback', ({ feedback }) => feedback],
  ['errorMessage', ({ errorMessage }) => errorMessage],
  ['latencyMs', ({ latencyMs }) => latencyMs],
  ['totalTokens', ({ totalTokens }) => totalTokens],
  ['costUsd', ({ costUsd }) => costUsd],
];

/** Samples as rows of a file. */
export function samplesSheet(samples: readonly OptimizationSample[]): [header: readonly string[], rows: readonly (readonly Cell[])[]] {
  return [COLUMNS.map(([name]) => name), samples.map((row) => COLUMNS.map(([, cell]) => cell(row)))];
}
