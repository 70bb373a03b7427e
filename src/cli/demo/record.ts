import type { AxModule } from '../../demo/load-ax.js';
import { runTriage, type TriageReport } from '../../demo/triage.js';
import { OptrailError } from '../../errors.js';
import type { IterationEvent, TrackRunOptions } from '../../recorder/options.js';
import { createTrackRun } from '../../recorder/track-run.js';
import { MAX_PAGE } from '../../schemas/filters.js';
import type { OptimizationRun } from '../../schemas/run.js';
import type { Context } from '../context.js';
import type { DemoModel } from './model.js';

export interface DemoRun {
  readonly ax: AxModule;
  readonly model: DemoModel;
  readonly projectId: string;
  readonly runName: string;
  readonly seed: number | undefined;
  /** An earlier attempt to go on with. */
  readonly earlier: EarlierDemo | null;
  readonly onIteration: (event: IterationEvent) => void;
}

/** A demo that did not come to its end. */
export interface EarlierDemo {
  readonly runId: string;
  readonly roundsDone: number;
}

/** Most milliseconds that an interrupted optimizer gets to come to its end, and its trail to be stored. */
const PATIENCE = 3_000;

/** Optimizes and records. Rejects after Ctrl-C, with the run cancelled: Ax has no way to stop, but nobody waits for it. */
export async function recordDemo({ client, output, signal }: Context, demo: DemoRun): Promise<TriageReport> {
  const { projectId, runName } = demo;
  const optimizing = runTriage<TrackRunOptions>({
    ax: demo.ax,
    student: demo.model.student,
    teacher: demo.model.teacher,
    trackRun: createTrackRun(async () => client).trackRun,
    run: {
      projectId,
      runName,
      tags: ['demo', demo.model.kind],
      strict: true,
      ...(demo.earlier === null ? {} : { resume: demo.earlier.runId }),
      signal,
      onIteration: (event) => {
        if (!signal.aborted) demo.onIteration(event);
      },
      onWarning: (message) => {
        if (!signal.aborted) output.warn(message);
      },
    },
    ...(demo.seed === undefined ? {} : { seed: demo.seed }),
    ...(demo.earlier === null ? {} : { roundsDone: demo.earlier.roundsDone }),
  });
  const outcome = await Promise.race([optimizing, muchLaterThan(signal)]);
  if (outcome !== undefined && !signal.aborted) return outcome;

  optimizing.catch(() => {});
  const { data } = await client.listOptimizationRuns({ projectId, search: runName, status: 'running' });
  for (const { id } of data.filter((run) => run.runName === runName)) {
    await client.updateOptimizationRun(id, { status: 'cancelled' }, { projectId });
  }
  throw signal.reason;
}

function muchLaterThan(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => setTimeout(resolve, PATIENCE, undefined), { once: true });
  });
}

/** `ticket triage`, `ticket triage 2`, ...: a name that no run of the project has. */
export async function freeName({ client, signal }: Context, projectId: string, name: string): Promise<string> {
  const { data } = await client.listOptimizationRuns({ projectId, search: name, limit: MAX_PAGE }, { signal });
  const taken = data.flatMap(({ runName }) => {
    if (runName === name) return 1;
    return runName.startsWith(`${name} `) && /^\d{1,9}$/.test(runName.slice(name.length + 1)) ? Number(runName.slice(name.length + 1)) : [];
  });
  return taken.length === 0 ? name : `${name} ${Math.max(...taken) + 1}`;
}

/** What a demo came to before it stopped. Rejects with `invalid_input` where the run is no demo of this kind. */
export async function earlierDemo({ client, signal }: Context, run: OptimizationRun, kind: DemoModel['kind']): Promise<EarlierDemo> {
  if (!['demo', kind].every((tag) => run.tags.includes(tag))) {
    throw new OptrailError('invalid_input', `Run "${run.runName}" was not recorded by a demo with the ${kind} model.`, {
      path: '--resume',
      hint: run.tags.includes('live') ? 'Add --live, as it was recorded.' : 'Name a run that `optrail demo` recorded.',
    });
  }
  const iterations = await client.getOptimizationIterations(run.id, { projectId: run.projectId, signal });
  const roundsDone = iterations.filter(({ params }) => params.role === 'proposal' || params.role === 'merge').length;
  return { runId: run.id, roundsDone };
}
