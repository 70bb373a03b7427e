import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { OptimizationSample } from '../../../../../src/schemas/sample.js';
import { samplesQuery } from '../../../api/samples.js';
import { Button } from '../../../components/Button.js';
import { Duration, Score } from '../../../components/Figures.js';
import { EmptyState, ErrorState, Skeleton } from '../../../components/States.js';
import { type VirtualColumn, VirtualTable } from '../../../components/VirtualTable.js';
import { downloadCsv } from '../../../export/csv.js';
import { count } from '../../../format/number.js';
import { Characters } from '../../../program/Characters.js';
import { IterationPicker } from '../IterationPicker.js';
import { shownIteration, useRun, useView } from '../useRun.js';
import { OutcomeBadge } from './OutcomeBadge.js';
import { SampleDetails } from './SampleDetails.js';
import { samplesSheet, valueText } from './sheet.js';

/** The examples that an iteration was evaluated on, with what came out. */
export function SamplesTab() {
  const data = useRun();
  const [{ of }] = useView();
  const iteration = shownIteration(data, of);
  if (iteration === undefined)
    return <EmptyState title="No iteration was recorded yet">Its samples appear here as soon as they are.</EmptyState>;
  return <SamplesOf iteration={iteration.iteration} />;
}

function SamplesOf({ iteration }: { iteration: number }) {
  const { reference, run, iterations } = useRun();
  const [{ failed, changedVs, sample }, change] = useView();
  const { data: samples, error, refetch } = useQuery(samplesQuery(reference, iteration, { failed, changedVs }));
  const opened = samples?.find(({ sampleIndex }) => sampleIndex === sample);
  const baseline = iterations.find(({ isBaseline }) => isBaseline)?.iteration;
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <IterationPicker label="Samples of" value={iteration} onChange={(of) => change({ of, sample: undefined })} />
        <Button
          aria-pressed={failed === true}
          look={failed ? 'primary' : 'plain'}
          onClick={() => change({ failed: failed ? undefined : true })}
        >
          Failed only
        </Button>
        {changedVs === undefined ? (
          <Button disabled={baseline === undefined || baseline === iteration} onClick={() => change({ changedVs: baseline })}>
            Changed only
          </Button>
        ) : (
          <span className="flex items-center gap-1">
            <IterationPicker label="Changed against" value={changedVs} onChange={(other) => change({ changedVs: other })} />
            <Button look="ghost" icon="close" onClick={() => change({ changedVs: undefined })}>
              All
            </Button>
          </span>
        )}
        {samples !== undefined && (
          <p className="numeric text-muted text-xs" role="status">
            {count(samples.length)} sample{samples.length === 1 ? '' : 's'}
          </p>
        )}
        <span className="flex-1" />
        {samples !== undefined && samples.length > 0 && (
          <Button icon="download" onClick={() => downloadCsv(`${run.runName}-samples-${iteration}`, ...samplesSheet(samples))}>
            CSV
          </Button>
        )}
      </div>
      {error !== null && samples === undefined && <ErrorState error={error} retry={() => void refetch()} />}
      {error === null && samples === undefined && <Skeleton label="Loading the samples" />}
      {samples !== undefined && (
        <div className={`grid grid-cols-1 gap-3 ${opened === undefined ? '' : 'xl:grid-cols-2'}`}>
          <SampleTable samples={samples} isFiltered={failed === true || changedVs !== undefined} />
          {opened !== undefined && <SampleDetails sample={opened} samples={samples} />}
        </div>
      )}
    </div>
  );
}

function SampleTable({ samples, isFiltered }: { samples: readonly OptimizationSample[]; isFiltered: boolean }) {
  const [{ sample }, change] = useView();
  const columns = useMemo(() => columnsOf(samples), [samples]);
  return (
    <VirtualTable
      label="Samples"
      columns={columns}
      rows={samples}
      rowKey={({ sampleIndex }) => sampleIndex}
      openKey={sample}
      onOpen={({ sampleIndex }) => change({ sample: sampleIndex })}
      height="max(24rem, calc(100vh - 25rem))"
      empty={isFiltered ? 'No sample of this iteration is like that.' : 'No samples of this iteration were recorded.'}
    />
  );
}

const preview = (value: unknown) => (
  <span className="plain-text">
    <Characters text={valueText(value).slice(0, 200).toWellFormed()} />
  </span>
);

function columnsOf(samples: readonly OptimizationSample[]): readonly VirtualColumn<OptimizationSample>[] {
  const hasIds = samples.some(({ exampleId }) => exampleId !== null);
  const hasFeedback = samples.some(({ feedback }) => feedback !== null);
  return [
    { id: 'index', header: '#', width: '4rem', align: 'right', cell: ({ sampleIndex }) => <span className="numeric">{sampleIndex}</span> },
    ...(hasIds
      ? [{ id: 'example', header: 'Example', width: '8rem', cell: ({ exampleId }: OptimizationSample) => preview(exampleId) }]
      : []),
    { id: 'score', header: 'Score', width: '5.5rem', align: 'right', cell: ({ score }) => <Score value={score} /> },
    {
      id: 'outcome',
      header: 'Outcome',
      width: '7rem',
      cell: ({ failed }) => <OutcomeBadge failed={failed} />,
    },
    { id: 'input', header: 'Input', width: 'minmax(12rem, 2fr)', cell: ({ input }) => preview(input) },
    { id: 'expected', header: 'Expected', width: 'minmax(8rem, 1fr)', cell: ({ expectedOutput }) => preview(expectedOutput) },
    {
      id: 'predicted',
      header: 'Predicted',
      width: 'minmax(8rem, 1fr)',
      cell: ({ predictedOutput, errorMessage }) =>
        errorMessage === null ? preview(predictedOutput) : <span className="text-bad">{preview(errorMessage)}</span>,
    },
    ...(hasFeedback
      ? [{ id: 'feedback', header: 'Feedback', width: 'minmax(10rem, 1fr)', cell: ({ feedback }: OptimizationSample) => preview(feedback) }]
      : []),
    { id: 'latency', header: 'Latency', width: '6rem', align: 'right', cell: ({ latencyMs }) => <Duration value={latencyMs} /> },
  ];
}
