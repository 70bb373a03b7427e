import type { EChartsType } from 'echarts/core';
import { type ReactNode, useId, useRef, useState } from 'react';
import { IconButton } from '../components/Button.js';
import { DataTable } from '../components/DataTable.js';
import { type Cell, downloadCsv } from '../export/csv.js';
import { downloadPng } from '../export/download.js';
import { colors } from '../theme/colors.js';
import { Chart, type ChartProps } from './Chart.js';

export interface TwinTable {
  header: readonly string[];
  rows: readonly (readonly Cell[])[];
  /** As a cell is shown; the export has it as it is. */
  show?: (cell: Cell, column: number) => ReactNode;
}

interface ChartFrameProps extends Omit<ChartProps, 'label' | 'chartRef'> {
  title: string;
  /** What the chart says, in words: it stands below the title and is what a screen reader reads. */
  summary: string;
  /** The same data as a table. */
  table: TwinTable;
  /** Of the files it is exported to. */
  fileName: string;
  /** Further controls beside the title. */
  controls?: ReactNode;
}

/** A chart with its table twin, what it says in words, and its export. */
export function ChartFrame({ title, summary, table, fileName, controls, ...chart }: ChartFrameProps) {
  const [asTable, setAsTable] = useState(false);
  const chartRef = useRef<EChartsType>(null);
  const heading = useId();
  const png = () => {
    const image = chartRef.current?.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: colors().surface });
    if (image !== undefined) downloadPng(fileName, image);
  };
  return (
    <section aria-labelledby={heading} className="panel min-w-0">
      <header className="flex flex-wrap items-start gap-x-4 gap-y-1 px-4 pt-3 pb-1">
        <div className="min-w-0 flex-1 basis-60">
          <h2 id={heading} className="font-semibold text-sm">
            {title}
          </h2>
          <p className="text-muted text-xs">{summary}</p>
        </div>
        <div className="flex flex-wrap items-center gap-1">
          {controls}
          <IconButton
            label={asTable ? 'Show as chart' : 'Show as table'}
            icon={asTable ? 'chart' : 'table'}
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          />
          <IconButton
            label={asTable ? 'Export as CSV' : 'Export as PNG'}
            icon="download"
            onClick={() => (asTable ? downloadCsv(fileName, table.header, table.rows) : png())}
          />
        </div>
      </header>
      {asTable ? (
        <Twin title={title} height={chart.height} table={table} />
      ) : (
        <Chart {...chart} chartRef={chartRef} label={`${title}. ${summary}`} />
      )}
    </section>
  );
}

function Twin({ title, height, table: { header, rows, show } }: { title: string; height: number; table: TwinTable }) {
  const columns = header.map((name, index) => ({
    id: String(index),
    header: name,
    align: rows.some((row) => typeof row[index] === 'number') ? ('right' as const) : ('left' as const),
    className: 'numeric',
    cell: ({ row }: { row: readonly Cell[] }) => (show ? show(row[index], index) : String(row[index] ?? '–')),
  }));
  return (
    <div className="relative overflow-y-auto" style={{ maxHeight: height }}>
      <DataTable caption={title} columns={columns} rows={rows.map((row, index) => ({ row, index }))} rowKey={({ index }) => index} />
    </div>
  );
}
