import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { createContext, useCallback, useContext, useMemo } from 'react';
import type { OptimizationIteration } from '../../../../src/schemas/iteration.js';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { iterationsQuery } from '../../api/iterations.js';
import { type RunReference, runQuery } from '../../api/runs.js';
import type { RunView } from './search.js';

/** What every part of the page is about. */
export interface RunData {
  readonly reference: RunReference;
  readonly run: OptimizationRun;
  /** In the order of their numbers; live ones are added as they are recorded. */
  readonly iterations: readonly OptimizationIteration[];
  readonly byNumber: ReadonlyMap<number, OptimizationIteration>;
}

const RunContext = createContext<RunData | null>(null);
export const RunProvider = RunContext.Provider;

export function useRun(): RunData {
  const data = useContext(RunContext);
  if (data === null) throw new Error('useRun needs a RunProvider above it');
  return data;
}

/** Reads the run and its iterations; `data` is undefined until both are there. */
export function useRunData() {
  const { runId } = useParams({ from: '/runs/$runId' });
  const { project: projectId } = useSearch({ from: '/runs/$runId' });
  const reference = useMemo(() => ({ runId, projectId }), [runId, projectId]);
  const run = useQuery(runQuery(reference));
  const iterations = useQuery(iterationsQuery(reference));
  const data = useMemo<RunData | undefined>(() => {
    if (run.data === undefined || iterations.data === undefined) return undefined;
    const byNumber = new Map(iterations.data.map((each) => [each.iteration, each]));
    return { reference, run: run.data, iterations: iterations.data, byNumber };
  }, [reference, run.data, iterations.data]);
  const refetch = () => void Promise.all([run.refetch(), iterations.refetch()]);
  return { data, run: run.data, error: run.error ?? iterations.error, refetch };
}

export interface ViewOptions {
  /** A step that the back button does not undo: typing, brushing, walking with the keys. */
  replace?: boolean;
}

/** The view in the address, and the way to change some of it. */
export function useView(): readonly [RunView, (changes: Partial<RunView>, options?: ViewOptions) => void] {
  const view: RunView = useSearch({ from: '/runs/$runId' });
  const navigate = useNavigate({ from: '/runs/$runId' });
  const change = useCallback(
    (changes: Partial<RunView>, { replace = false }: ViewOptions = {}) =>
      void navigate({ to: '.', search: (before: RunView) => ({ ...before, ...changes }), replace, resetScroll: false }),
    [navigate],
  );
  return [view, change];
}

/** The iteration that a view is of: the one named, else the best, else the last with a program. */
export function shownIteration({ run, iterations, byNumber }: RunData, wanted: number | undefined): OptimizationIteration | undefined {
  const named = wanted === undefined ? undefined : byNumber.get(wanted);
  const best = run.bestIteration === null ? undefined : byNumber.get(run.bestIteration);
  return named ?? best ?? iterations.findLast(({ program }) => program !== null) ?? iterations.at(-1);
}
