import { useMemo } from 'react';
import { type VirtualColumn, VirtualTable } from '../../../components/VirtualTable.js';
import { NONE, score } from '../../../format/number.js';
import type { MatrixRow, MatrixView } from '../../../model/matrix.js';

type Row = MatrixRow & { readonly index: number };

/** The matrix as a table: the same as the picture says. A row opens the first sample of its example that failed, or else its last. */
export function MatrixTable({ view, onOpen }: { view: MatrixView; onOpen: (iteration: number, sampleIndex: number) => void }) {
  const rows = useMemo(() => view.rows.map((row, index) => ({ ...row, index })), [view]);
  const columns = useMemo(() => columnsOf(view), [view]);
  const open = ({ cells }: Row) => {
    const failed = cells.findIndex((cell) => cell.failed === true);
    const column = failed >= 0 ? failed : cells.findLastIndex((cell) => cell.failed !== null);
    const [iteration, sampleIndex] = [view.columns[column]?.iteration, cells[column]?.sampleIndex];
    if (typeof iteration === 'number' && typeof sampleIndex === 'number') onOpen(iteration, sampleIndex);
  };
  return (
    <VirtualTable
      label="Matrix of samples and iterations"
      columns={columns}
      rows={rows}
      rowKey={({ index }) => index}
      onOpen={open}
      height="max(20rem, calc(100vh - 26rem))"
      empty="No example is like that."
    />
  );
}

function columnsOf(view: MatrixView): readonly VirtualColumn<Row>[] {
  return [
    { id: 'example', header: 'Example', width: '10rem', cell: ({ label }) => <span className="plain-text">{label}</span> },
    { id: 'mean', header: 'Mean', width: '5rem', align: 'right', cell: ({ mean }) => <span className="numeric">{score(mean)}</span> },
    ...view.columns.map(
      ({ iteration }, column): VirtualColumn<Row> => ({
        id: String(iteration),
        header: `#${iteration}`,
        width: '5rem',
        align: 'right',
        cell: ({ cells }) => <Cell cell={cells[column]} />,
      }),
    ),
  ];
}

function Cell({ cell }: { cell: MatrixRow['cells'][number] | undefined }) {
  if (cell === undefined || cell.failed === null) return <span className="text-faint">{NONE}</span>;
  return <span className={`numeric ${cell.failed ? 'text-bad' : ''}`}>{`${cell.failed ? '✕ ' : ''}${score(cell.score)}`}</span>;
}
