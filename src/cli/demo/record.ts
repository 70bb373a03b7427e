import type { AxModule } from '../../demo/load-ax.js';
import { runTriage, type TriageReport } from '../../demo/triage.js';
import type { IterationEvent, TrackRunOptions } from '../../recorder/options.js';
import { createTrackRun } from '../../recorder/track-run.js';
import { MAX_PAGE } from '../../schemas/filters.js';
import type { Context } from '../context.js';
import type { DemoModel } from './model.js';

export interface DemoRun {
  readonly ax: AxModule;
  readonly model: DemoModel;
  readonly projectId: string;
  readonly runName: string;
  readonly seed: number | undefined;
  readonly onIteration: (event: IterationEvent) => void;
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
      signal,
      onIteration: (event) => {
        if (!signal.aborted) demo.onIteration(event);
      },
      onWarning: (message) => {
        if (!signal.aborted) output.warn(message);
      },
    },
    ...(demo.seed === undefined ? {} : { seed: demo.seed }),
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
