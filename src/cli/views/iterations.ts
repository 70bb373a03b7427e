import type { OptimizationIteration } from '../../schemas/iteration.js';
import type { Column } from '../format/columns.js';
import { compact, duration, money, score } from '../format/figures.js';
import { paramsText } from '../format/shorts.js';

const PARAMS_WIDTH = 60;

/** @param best number of the run's best iteration */
export function iterationColumns(best: number | null): Column<OptimizationIteration>[] {
  const markOf = ({ iteration, isBaseline }: OptimizationIteration) =>
    [isBaseline ? 'baseline' : '', iteration === best ? 'best' : ''].filter((mark) => mark !== '').join(', ');
  return [
    { key: 'iteration', title: '#', align: 'right', value: ({ iteration }) => iteration },
    { key: 'id', value: ({ id }) => id },
    { key: 'mark', title: '', value: markOf, show: markOf, paint: (text, _, { colors }) => colors.bold(text) },
    { key: 'evalKind', title: 'KIND', value: ({ evalKind }) => evalKind },
    { key: 'status', title: 'STATUS', value: ({ status }) => status, spare: 3 },
    {
      key: 'score',
      title: 'SCORE',
      align: 'right',
      value: ({ score: value }) => value,
      show: ({ score: value }) => score(value),
      paint: (text, { iteration }, { colors }) => (iteration === best ? colors.green(text) : text),
    },
    {
      key: 'decision',
      title: 'DECISION',
      value: ({ decision }) => decision,
      paint: (text, { decision }, { colors }) => (decision === 'rejected' ? colors.dim(text) : text),
    },
    { key: 'decisionReason', value: ({ decisionReason }) => decisionReason },
    { key: 'parentIterations', title: 'PARENTS', value: ({ parentIterations }) => parentIterations.join(' '), show: parentsText, spare: 2 },
    {
      key: 'params',
      title: 'PARAMS',
      value: ({ params }) => JSON.stringify(params),
      show: ({ params }) => paramsText(params) || '-',
      least: 10,
      most: PARAMS_WIDTH,
      spare: 6,
    },
    {
      key: 'totalTokens',
      title: 'TOKENS',
      align: 'right',
      value: ({ totalTokens }) => totalTokens,
      show: ({ totalTokens }) => compact(totalTokens),
      spare: 4,
    },
    { key: 'costUsd', title: 'COST', align: 'right', value: ({ costUsd }) => costUsd, show: ({ costUsd }) => money(costUsd), spare: 5 },
    {
      key: 'durationMs',
      title: 'TIME',
      align: 'right',
      value: ({ durationMs }) => durationMs,
      show: ({ durationMs }) => duration(durationMs),
      spare: 1,
    },
    { key: 'errorMessage', value: ({ errorMessage }) => errorMessage },
  ];
}

function parentsText({ parentIterations }: OptimizationIteration): string {
  return parentIterations.length === 0 ? '-' : parentIterations.join(', ');
}
