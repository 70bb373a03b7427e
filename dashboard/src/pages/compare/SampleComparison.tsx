import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { bestQuery } from '../../api/runs.js';
import { samplesQuery } from '../../api/samples.js';
import { Badge } from '../../components/Badge.js';
import { Button, IconButton } from '../../components/Button.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/States.js';
import { downloadCsv } from '../../export/csv.js';
import { count } from '../../format/number.js';
import { type Pair, PairPicker } from './PairPicker.js';
import { joinSamples, type Outcome } from './pairs.js';
import { SamplePairs } from './SamplePairs.js';
import type { CompareView } from './search.js';

type Show = 'all' | Outcome;

const SHOWS = [
  { id: 'all', label: 'All', tone: 'neutral', icon: 'table' },
  { id: 'regressed', label: 'Regressed', tone: 'broke', icon: 'arrowDown' },
  { id: 'improved', label: 'Improved', tone: 'fixed', icon: 'arrowUp' },
  { id: 'same', label: 'Same', tone: 'neutral', icon: 'dash' },
] as const;

const AT_ONCE = 100;

interface SampleComparisonProps {
  runs: readonly OptimizationRun[];
  pair: Pair;
  show: Show;
  onChange: (changes: Partial<CompareView>) => void;
}

/** The winner's samples of a run, and why there are none. */
function useWinner(run: OptimizationRun | undefined) {
  const reference = { runId: run?.id ?? '', projectId: run?.projectId };
  const best = useQuery({ ...bestQuery(reference), enabled: run !== undefined });
  const iteration = best.data?.iteration;
  const samples = useQuery({ ...samplesQuery(reference, iteration ?? 0), enabled: iteration !== undefined });
  return { iteration, none: best.data === null, samples: samples.data, error: best.error ?? samples.error };
}

/** The best iteration of one run against that of another, example by example. */
export function SampleComparison({ runs, pair, show, onChange }: SampleComparisonProps) {
  const from = useWinner(pair.from);
  const to = useWinner(pair.to);
  const [shown, setShown] = useState(AT_ONCE);
  const joined = useMemo(
    () => (from.samples && to.samples && pair.to ? joinSamples(from.samples, to.samples, pair.to.direction) : undefined),
    [from.samples, to.samples, pair.to],
  );

  const picker = <PairPicker runs={runs} pair={pair} onChange={onChange} />;
  if (from.error || to.error) return <ErrorState error={from.error ?? to.error} />;
  if (from.none || to.none) {
    const run = from.none ? pair.from : pair.to;
    return (
      <div className="grid grid-cols-1 gap-3">
        {picker}
        <EmptyState title={`“${run?.runName}” has no best iteration`}>No full evaluation was completed; choose another run.</EmptyState>
      </div>
    );
  }
  if (joined === undefined) return <Skeleton label="Loading samples" />;
  if (joined.pairs.length === 0) {
    return (
      <div className="grid grid-cols-1 gap-3">
        {picker}
        <EmptyState title="No example is in both">
          The winners evaluated {count(from.samples?.length)} and {count(to.samples?.length)} samples, and no example twice. Samples are
          joined by their input and expected output.
        </EmptyState>
      </div>
    );
  }
  const { pairs, alone } = joined;
  const counts = { all: pairs.length, improved: 0, regressed: 0, same: 0 };
  for (const { outcome } of pairs) counts[outcome] += 1;
  const matching = show === 'all' ? pairs : pairs.filter(({ outcome }) => outcome === show);
  const save = () =>
    downloadCsv(
      'samples',
      ['Example', 'Outcome', 'Score from', 'Score to', 'Input', 'Expected', 'Output from', 'Output to'],
      matching.map((one) => [
        one.to.exampleId ?? one.to.sampleIndex,
        one.outcome,
        one.from.score,
        one.to.score,
        ...[one.to.input, one.to.expectedOutput, one.from.predictedOutput, one.to.predictedOutput].map((value) =>
          typeof value === 'string' ? value : JSON.stringify(value),
        ),
      ]),
    );
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        {picker}
        <p className="text-muted text-xs">
          Best of each: iteration {from.iteration} against {to.iteration}.
          {alone.from + alone.to > 0 && ` ${count(alone.from)} and ${count(alone.to)} examples are in one of them alone.`}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        {SHOWS.map(({ id, label, tone, icon }) => (
          <button
            key={id}
            type="button"
            aria-pressed={show === id}
            onClick={() => onChange({ show: id === 'all' ? undefined : id })}
            className={`inline-flex h-7 items-center gap-1.5 rounded-md border px-2 font-medium ${show === id ? 'border-trail-fill bg-trail-soft' : 'border-line bg-surface hover:bg-hover'}`}
          >
            {label}
            <Badge tone={tone} icon={icon}>
              <span className="numeric">{count(counts[id])}</span>
            </Badge>
          </button>
        ))}
        <IconButton label="Export as CSV" icon="download" className="ml-auto" onClick={save} />
      </div>
      <SamplePairs pairs={matching.slice(0, shown)} />
      {matching.length > shown && (
        <Button onClick={() => setShown(shown + AT_ONCE)}>Show {Math.min(AT_ONCE, matching.length - shown)} more</Button>
      )}
    </div>
  );
}
