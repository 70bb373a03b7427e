import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { SampleMatrix } from '../../../../../src/schemas/views.js';
import { matrixQuery } from '../../../api/views.js';
import { Button } from '../../../components/Button.js';
import { EmptyState, ErrorState, Skeleton } from '../../../components/States.js';
import { downloadCsv } from '../../../export/csv.js';
import { downloadPng } from '../../../export/download.js';
import { count } from '../../../format/number.js';
import { type MatrixMode, type MatrixView, matrixView, scoreSpan } from '../../../model/matrix.js';
import { useRun, useView } from '../useRun.js';
import { MatrixGrid } from './MatrixGrid.js';
import { MatrixTable } from './MatrixTable.js';

/** How each example came out in each iteration. */
export function MatrixTab() {
  const { reference } = useRun();
  const { data: matrix, error, refetch } = useQuery(matrixQuery(reference));
  if (matrix === undefined && error !== null) return <ErrorState error={error} retry={() => void refetch()} />;
  if (matrix === undefined) return <Skeleton label="Loading the matrix" />;
  if (matrix.examples.length === 0)
    return <EmptyState title="No samples were recorded">Record the samples of an iteration, and each example has a row here.</EmptyState>;
  return <Matrix matrix={matrix} />;
}

const MODES: readonly { mode: MatrixMode; label: string }[] = [
  { mode: 'all', label: 'All' },
  { mode: 'failures', label: 'Failures' },
  { mode: 'different', label: 'Different' },
];

function Matrix({ matrix }: { matrix: SampleMatrix }) {
  const { run } = useRun();
  const [{ rows: mode = 'all', rank: order = 'index', columns = 'all', as }, change] = useView();
  const view = useMemo(() => matrixView(matrix, { mode, order, columns }), [matrix, mode, order, columns]);
  const span = useMemo(() => scoreSpan(matrix), [matrix]);
  const isList = as === 'list';
  const summary = `${count(view.rows.length)}${view.rows.length === view.total ? '' : ` of ${count(view.total)}`} examples, ${count(view.columns.length)} iterations`;
  const open = (of: number, sample: number) => change({ tab: 'samples', of, sample, failed: undefined, changedVs: undefined });
  const hasOthers = matrix.iterations.some(({ evalKind }) => evalKind !== 'full');
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <fieldset className="flex items-center gap-1">
          <legend className="sr-only">Which examples</legend>
          {MODES.map(({ mode: each, label }) => (
            <Button
              key={each}
              aria-pressed={mode === each}
              look={mode === each ? 'primary' : 'plain'}
              onClick={() => change({ rows: each === 'all' ? undefined : each })}
            >
              {label}
            </Button>
          ))}
        </fieldset>
        <Button
          aria-pressed={order === 'hardest'}
          look={order === 'hardest' ? 'primary' : 'plain'}
          onClick={() => change({ rank: order === 'hardest' ? undefined : 'hardest' })}
        >
          Hardest first
        </Button>
        {hasOthers && (
          <Button
            aria-pressed={columns === 'full'}
            look={columns === 'full' ? 'primary' : 'plain'}
            onClick={() => change({ columns: columns === 'full' ? undefined : 'full' })}
          >
            Full evaluations only
          </Button>
        )}
        <p className="numeric text-muted text-xs" role="status">
          {summary}
        </p>
        <span className="flex-1" />
        <Button icon={isList ? 'chart' : 'table'} aria-pressed={isList} onClick={() => change({ as: isList ? undefined : 'list' })}>
          {isList ? 'Show as picture' : 'Show as table'}
        </Button>
        <Button icon="download" onClick={() => downloadCsv(`${run.runName}-matrix`, ...matrixSheet(view))}>
          CSV
        </Button>
        {!isList && (
          <Button icon="download" onClick={() => savePicture(`${run.runName}-matrix`)}>
            PNG
          </Button>
        )}
      </div>
      {view.rows.length === 0 ? (
        <EmptyState title={mode === 'failures' ? 'No example failed' : 'Every example came out the same everywhere'}>
          Choose All to see every example.
        </EmptyState>
      ) : isList ? (
        <MatrixTable view={view} onOpen={open} />
      ) : (
        <MatrixGrid
          view={view}
          span={span}
          isMinimized={run.direction === 'minimize'}
          best={run.bestIteration}
          label={`Scores of ${summary}. Arrow keys move from cell to cell, Enter opens the sample.`}
          onOpen={open}
        />
      )}
      {!isList && (
        <p className="text-muted text-xs">
          The stronger the colour, the better the score; a cross failed; a dot was not evaluated. ★ is the best iteration, m a minibatch, b
          a bootstrap, t a test.
        </p>
      )}
    </div>
  );
}

function matrixSheet({ columns, rows }: MatrixView): [header: readonly string[], rows: readonly (readonly (string | number | null)[])[]] {
  return [
    ['example', 'mean', ...columns.map(({ iteration }) => String(iteration))],
    rows.map(({ label, mean, cells }) => [label, mean, ...cells.map(({ score }) => score)]),
  ];
}

/** What is in view, as it is seen. */
function savePicture(name: string): void {
  const canvas = document.querySelector<HTMLCanvasElement>('[role=application] canvas');
  if (canvas !== null) void downloadPng(name, canvas.toDataURL('image/png'));
}
