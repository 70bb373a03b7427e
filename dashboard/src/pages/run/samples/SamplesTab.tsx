import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { OptimizationSample } from '../../../../../src/schemas/sample.js';
import { samplesQuery } from '../../../api/samples.js';
import { Button } from '../../../components/Button.js';
import { Duration } from '../../../components/Figures.js';
import { FilterChip } from '../../../components/FilterChip.js';
import { EmptyState, ErrorState, Skeleton } from '../../../components/States.js';
import { type VirtualColumn, VirtualTable } from '../../../components/VirtualTable.js';
import { downloadCsv } from '../../../export/csv.js';
import { count } from '../../../format/number.js';
import { valueText } from '../../../format/values.js';
import { Characters } from '../../../program/Characters.js';
import { type Scale, scaleOf, scoreWords } from '../../../story/scale.js';
import { words } from '../../../strings.js';
import { IterationPicker } from '../IterationPicker.js';
import { shownIteration, useRun, useView } from '../useRun.js';
import { OutcomeWord, type SampleOutcome, sampleOutcome } from './OutcomeBadge.js';
import { SampleDetails } from './SampleDetails.js';
import { samplesSheet } from './sheet.js';

/** The examples that an iteration was evaluated on, with their answers. */
export function SamplesTab() {
  const data = useRun();
  const [{ of }] = useView();
  const iteration = shownIteration(data, of);
  if (iteration === undefined)
    return <EmptyState title="No iteration was recorded yet">Its answers appear here as soon as they are.</EmptyState>;
  return <SamplesOf iteration={iteration.iteration} />;
}

const OUTCOMES: readonly SampleOutcome[] = ['right', 'partly', 'wrong', 'error', 'none'];

function SamplesOf({ iteration }: { iteration: number }) {
  const { reference, run, iterations } = useRun();
  const [{ outcome: wanted, changedVs, sample }, change] = useView();
  const { data, error, refetch } = useQuery(samplesQuery(reference, iteration, { changedVs }));
  const scale = useMemo(() => scaleOf(run), [run]);
  const counts = useMemo(() => Map.groupBy(data ?? [], (each) => sampleOutcome(scale, each)), [data, scale]);
  const samples = wanted === undefined ? data : (counts.get(wanted) ?? []);
  const opened = data?.find(({ sampleIndex }) => sampleIndex === sample);
  const baseline = iterations.find(({ isBaseline }) => isBaseline)?.iteration;
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-2">
        <IterationPicker label="Answers of" value={iteration} onChange={(of) => change({ of, sample: undefined })} />
        <fieldset className="flex flex-wrap gap-1.5">
          <legend className="sr-only">Which answers</legend>
          <FilterChip isOn={wanted === undefined} onClick={() => change({ outcome: undefined })}>
            All {count(data?.length ?? 0)}
          </FilterChip>
          {OUTCOMES.filter((each) => counts.has(each) || each === wanted).map((each) => (
            <FilterChip key={each} isOn={wanted === each} onClick={() => change({ outcome: wanted === each ? undefined : each })}>
              {words.outcome[each]} {counts.get(each)?.length ?? 0}
            </FilterChip>
          ))}
          {changedVs === undefined && (
            <FilterChip isOn={false} onClick={() => baseline !== undefined && baseline !== iteration && change({ changedVs: baseline })}>
              Changed against the seed
            </FilterChip>
          )}
        </fieldset>
        {changedVs !== undefined && (
          <span className="flex items-center gap-1">
            <IterationPicker label="Changed against" value={changedVs} onChange={(other) => change({ changedVs: other })} />
            <Button look="ghost" icon="close" onClick={() => change({ changedVs: undefined })}>
              All
            </Button>
          </span>
        )}
        {samples !== undefined && (
          <p className="numeric text-faint text-xs" role="status">
            {count(samples.length)} answer{samples.length === 1 ? '' : 's'}
          </p>
        )}
        <span className="flex-1" />
        {samples !== undefined && samples.length > 0 && (
          <Button icon="download" onClick={() => downloadCsv(`${run.runName}-samples-${iteration}`, ...samplesSheet(samples))}>
            CSV
          </Button>
        )}
      </div>
      {error !== null && samples === undefined && (
        <ErrorState error={error} retry={() => void refetch()} title="Could not read the answers" />
      )}
      {error === null && samples === undefined && <Skeleton label="Loading the answers" />}
      {samples !== undefined && (
        <div className={`grid grid-cols-1 items-start gap-3 ${opened === undefined ? '' : 'xl:grid-cols-2'}`}>
          <SampleTable samples={samples} scale={scale} isFiltered={wanted !== undefined || changedVs !== undefined} />
          {opened !== undefined && <SampleDetails sample={opened} samples={samples} scale={scale} />}
        </div>
      )}
    </div>
  );
}

function SampleTable({ samples, scale, isFiltered }: { samples: readonly OptimizationSample[]; scale: Scale; isFiltered: boolean }) {
  const [{ sample }, change] = useView();
  const columns = useMemo(() => columnsOf(samples, scale), [samples, scale]);
  return (
    <VirtualTable
      label="Answers"
      columns={columns}
      rows={samples}
      rowKey={({ sampleIndex }) => sampleIndex}
      openKey={sample}
      onOpen={({ sampleIndex }) => change({ sample: sampleIndex })}
      height="max(24rem, calc(100vh - 15rem))"
      empty={isFiltered ? 'No answer of this iteration is like that.' : 'No samples of this iteration were recorded.'}
    />
  );
}

const preview = (value: unknown) => (
  <span className="plain-text">
    <Characters text={valueText(value).slice(0, 200).toWellFormed()} />
  </span>
);

function columnsOf(samples: readonly OptimizationSample[], scale: Scale): readonly VirtualColumn<OptimizationSample>[] {
  const hasIds = samples.some(({ exampleId }) => exampleId !== null);
  const hasFeedback = samples.some(({ feedback }) => feedback !== null);
  const text = (pick: (sample: OptimizationSample) => unknown) => (sample: OptimizationSample) => valueText(pick(sample)).slice(0, 200);
  return [
    { id: 'input', header: 'Input', width: 'minmax(14rem, 2fr)', cell: ({ input }) => preview(input), value: text(({ input }) => input) },
    {
      id: 'outcome',
      header: 'Outcome',
      width: '8rem',
      cell: (sample) => <OutcomeWord outcome={sampleOutcome(scale, sample)} />,
      value: (sample) => OUTCOMES.indexOf(sampleOutcome(scale, sample)),
    },
    {
      id: 'score',
      header: 'Score',
      width: '5.5rem',
      align: 'right',
      cell: ({ score }) => scoreWords(scale, score),
      value: ({ score }) => score,
    },
    {
      id: 'expected',
      header: 'Expected',
      width: 'minmax(8rem, 1fr)',
      cell: ({ expectedOutput }) => preview(expectedOutput),
      value: text(({ expectedOutput }) => expectedOutput),
    },
    {
      id: 'predicted',
      header: 'Answer',
      width: 'minmax(8rem, 1fr)',
      cell: ({ predictedOutput, errorMessage }) =>
        errorMessage === null ? preview(predictedOutput) : <span className="text-broke">{preview(errorMessage)}</span>,
      value: text(({ predictedOutput, errorMessage }) => errorMessage ?? predictedOutput),
    },
    ...(hasFeedback
      ? [
          {
            id: 'feedback',
            header: 'Feedback',
            width: 'minmax(10rem, 1fr)',
            cell: ({ feedback }: OptimizationSample) => preview(feedback),
            value: text(({ feedback }) => feedback),
          },
        ]
      : []),
    {
      id: 'latency',
      header: 'Latency',
      width: '6rem',
      align: 'right',
      cell: ({ latencyMs }) => <Duration value={latencyMs} />,
      value: ({ latencyMs }) => latencyMs,
    },
    ...(hasIds
      ? [
          {
            id: 'example',
            header: 'Example',
            width: '8rem',
            cell: ({ exampleId }: OptimizationSample) => preview(exampleId),
            value: ({ exampleId }: OptimizationSample) => exampleId,
          },
        ]
      : []),
    {
      id: 'index',
      header: '#',
      width: '4rem',
      align: 'right',
      cell: ({ sampleIndex }) => <span className="numeric">{sampleIndex}</span>,
      value: ({ sampleIndex }) => sampleIndex,
    },
  ];
}
