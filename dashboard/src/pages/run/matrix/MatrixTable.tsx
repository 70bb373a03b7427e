import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { matrixQuery } from '../../../api/views.js';
import { IconButton } from '../../../components/Button.js';
import { Segmented } from '../../../components/Segmented.js';
import { ErrorState, Skeleton } from '../../../components/States.js';
import { type VirtualColumn, VirtualTable } from '../../../components/VirtualTable.js';
import { type MatrixRow, type MatrixView, matrixView } from '../../../model/matrix.js';
import { type Scale, scoreWords } from '../../../story/scale.js';
import { words } from '../../../strings.js';
import { useTold } from '../story.js';
import { useRun, useView } from '../useRun.js';

type Row = MatrixRow & { readonly index: number };

/** Scores of every iteration, minibatches too, as they were recorded. A row opens the last sample of its example. */
export function MatrixTable() {
  const { reference } = useRun();
  const { story } = useTold();
  const [{ columns: chosen = 'all' }, change] = useView();
  const { data: matrix, error, refetch } = useQuery(matrixQuery(reference));
  const view = useMemo(() => (matrix === undefined ? null : matrixView(matrix, chosen)), [matrix, chosen]);
  const rows = useMemo(() => view?.rows.map((row, index) => ({ ...row, index })) ?? [], [view]);
  const columns = useMemo(() => (view === null ? [] : columnsOf(view, story.scale)), [view, story.scale]);
  if (view === null)
    return error === null ? <Skeleton label="Loading the matrix" /> : <ErrorState error={error} retry={() => void refetch()} />;
  const open = ({ cells }: Row) => {
    const column = cells.findLastIndex((cell) => cell.failed !== null);
    const [iteration, sampleIndex] = [view.columns[column]?.iteration, cells[column]?.sampleIndex];
    if (typeof iteration === 'number' && typeof sampleIndex === 'number')
      change({ tab: 'samples', of: iteration, sample: sampleIndex, as: undefined });
  };
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Segmented
          label="Which iterations"
          choices={[
            { id: 'all', label: 'All evaluations' },
            { id: 'full', label: 'Full evaluations' },
          ]}
          value={chosen}
          onChange={(next) => change({ columns: next === 'all' ? undefined : next })}
        />
        <p className="numeric text-faint text-xs" role="status">
          {words.plural(rows.length, 'example')}, {words.plural(view.columns.length, 'iteration')}
        </p>
        <span className="ml-auto">
          <IconButton label="Show as picture" icon="chart" onClick={() => change({ as: undefined })} />
        </span>
      </div>
      <VirtualTable
        label="Matrix of examples and iterations"
        columns={columns}
        rows={rows}
        rowKey={({ index }) => index}
        onOpen={open}
        height="max(20rem, calc(100vh - 15rem))"
        empty="No sample was recorded."
      />
    </div>
  );
}

function columnsOf(view: MatrixView, scale: Scale): readonly VirtualColumn<Row>[] {
  return [
    {
      id: 'example',
      header: 'Example',
      width: '12rem',
      cell: ({ label }) => <span className="plain-text">{label}</span>,
      value: ({ label }) => label,
    },
    { id: 'mean', header: 'Mean', width: '5rem', align: 'right', cell: ({ mean }) => scoreWords(scale, mean), value: ({ mean }) => mean },
    ...view.columns.map(
      ({ iteration, evalKind }, column): VirtualColumn<Row> => ({
        id: String(iteration),
        header: `#${iteration}${evalKind === 'full' ? '' : ` ${evalKind.charAt(0)}`}`,
        width: '5.5rem',
        align: 'right',
        cell: ({ cells }) => <Cell cell={cells[column]} scale={scale} />,
        value: ({ cells }) => cells[column]?.score ?? null,
      }),
    ),
  ];
}

function Cell({ cell, scale }: { cell: MatrixRow['cells'][number] | undefined; scale: Scale }) {
  if (cell === undefined || cell.failed === null) return <span className="text-faint">·</span>;
  if (cell.score === null)
    return cell.failed ? (
      <span className="text-broke">{words.outcome.error}</span>
    ) : (
      <span className="text-faint">{words.outcome.none}</span>
    );
  return <span className="numeric">{scoreWords(scale, cell.score)}</span>;
}
