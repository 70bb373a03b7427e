import { useState } from 'react';
import { IconButton } from '../../components/Button.js';
import { type Column, DataTable, type Order } from '../../components/DataTable.js';
import { Compact, Cost, Count, Delta, Duration, Score } from '../../components/Figures.js';
import { downloadCsv } from '../../export/csv.js';
import { percent } from '../../format/number.js';
import type { Sum } from './sums.js';

const success = ({ completed, ended }: Sum): number | null => (ended === 0 ? null : completed / ended);

const VALUES: Record<string, (sum: Sum) => number | null> = {
  runs: (sum) => sum.runs,
  success,
  best: (sum) => sum.bestScore,
  gain: (sum) => sum.avgGain,
  cost: (sum) => sum.costUsd,
  tokens: (sum) => sum.tokens,
  duration: (sum) => sum.avgDurationMs,
};

const COLUMNS: readonly Column<Sum>[] = [
  { id: 'name', header: 'Name', className: 'plain-text max-w-48 truncate font-medium', cell: ({ name }) => name },
  { id: 'runs', header: 'Runs', align: 'right', sortable: true, cell: (sum) => <Count value={sum.runs} /> },
  { id: 'success', header: 'Success', align: 'right', sortable: true, className: 'numeric', cell: (sum) => percent(success(sum), 0) },
  { id: 'best', header: 'Best', align: 'right', sortable: true, cell: (sum) => <Score value={sum.bestScore} /> },
  { id: 'gain', header: 'Mean gain', align: 'right', sortable: true, cell: (sum) => <Delta value={sum.avgGain} /> },
  { id: 'cost', header: 'Spend', align: 'right', sortable: true, cell: (sum) => <Cost value={sum.costUsd} /> },
  { id: 'tokens', header: 'Tokens', align: 'right', sortable: true, cell: (sum) => <Compact value={sum.tokens} /> },
  { id: 'duration', header: 'Mean time', align: 'right', sortable: true, cell: (sum) => <Duration value={sum.avgDurationMs} /> },
];

export function SumTable({ title, note, rows }: { title: string; note?: string; rows: readonly Sum[] }) {
  const [order, setOrder] = useState<Order>({ by: 'cost', descending: true });
  const value = VALUES[order.by] ?? (() => 0);
  const sign = order.descending ? -1 : 1;
  const sorted = [...rows].sort((a, b) => sign * ((value(a) ?? Number.NEGATIVE_INFINITY) - (value(b) ?? Number.NEGATIVE_INFINITY) || 0));
  const save = () =>
    downloadCsv(
      title.toLowerCase(),
      ['Name', ...Object.keys(VALUES)],
      sorted.map((sum) => [sum.name, ...Object.values(VALUES).map((of) => of(sum))]),
    );
  return (
    <section aria-label={title} className="panel min-w-0 self-start">
      <header className="flex items-center justify-between gap-3 py-1.5 pr-1.5 pl-3">
        <h2 className="font-semibold text-base">
          {title} {note && <span className="font-normal text-muted text-xs">{note}</span>}
        </h2>
        <IconButton label={`Export ${title.toLowerCase()} as CSV`} icon="download" onClick={save} />
      </header>
      <DataTable caption={title} columns={COLUMNS} rows={sorted} rowKey={({ name }) => name} order={order} onOrder={setOrder} />
    </section>
  );
}
