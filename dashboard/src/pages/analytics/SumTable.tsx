import { IconButton } from '../../components/Button.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Compact, Cost, Count, Duration } from '../../components/Figures.js';
import { downloadCsv } from '../../export/csv.js';
import { percent, signed } from '../../format/number.js';
import { Card } from '../run/Card.js';
import type { Sum } from './sums.js';

const success = ({ completed, ended }: Sum): number | null => (ended === 0 ? null : completed / ended);
const points = (share: number) => `${Math.round(share * 100)}`;

const COLUMNS: readonly Column<Sum>[] = [
  {
    id: 'name',
    header: 'Name',
    className: 'plain-text max-w-48 truncate font-medium',
    cell: ({ name }) => name,
    value: ({ name }) => name,
  },
  { id: 'runs', header: 'Runs', align: 'right', cell: (sum) => <Count value={sum.runs} />, value: ({ runs }) => runs },
  { id: 'success', header: 'Completed', align: 'right', cell: (sum) => percent(success(sum), 0), value: success },
  { id: 'best', header: 'Best', align: 'right', cell: ({ bestShare }) => percent(bestShare, 0), value: ({ bestShare }) => bestShare },
  {
    id: 'gain',
    header: 'Mean points',
    align: 'right',
    cell: ({ avgGainShare }) => (avgGainShare === null ? '–' : signed(avgGainShare, points)),
    value: ({ avgGainShare }) => avgGainShare,
  },
  { id: 'cost', header: 'Spend', align: 'right', cell: (sum) => <Cost value={sum.costUsd || null} />, value: ({ costUsd }) => costUsd },
  { id: 'tokens', header: 'Tokens', align: 'right', cell: (sum) => <Compact value={sum.tokens || null} />, value: ({ tokens }) => tokens },
  {
    id: 'duration',
    header: 'Mean time',
    align: 'right',
    cell: (sum) => <Duration value={sum.avgDurationMs} />,
    value: ({ avgDurationMs }) => avgDurationMs,
  },
];

/** What runs of one kind came to together. Scores of different scales are shares of a perfect score. */
export function SumTable({ title, note, rows }: { title: string; note?: string; rows: readonly Sum[] }) {
  const figures = COLUMNS.filter(({ id }) => id !== 'name');
  const save = () =>
    downloadCsv(
      title.toLowerCase(),
      ['Name', ...figures.map(({ header }) => header)],
      rows.map((sum) => [sum.name, ...figures.map(({ value }) => value?.(sum))]),
    );
  return (
    <Card
      title={title}
      sub={note}
      className="self-start"
      aside={<IconButton label={`Export ${title.toLowerCase()} as CSV`} icon="download" onClick={save} />}
    >
      <DataTable caption={title} columns={COLUMNS} rows={rows} rowKey={({ name }) => name} />
    </Card>
  );
}
