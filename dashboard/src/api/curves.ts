import { queryOptions } from '@tanstack/react-query';
import { MAX_CURVES, type RunCurve, RunCurveSchema } from '../../../src/schemas/views.js';
import { keys } from './keys.js';
import { getAll } from './request.js';
import type { RunReference } from './runs.js';

/** How long a row waits for others to be asked for with it, in milliseconds. */
const GATHER_MS = 30;

interface Waiting {
  run: RunReference;
  resolve: (curve: RunCurve | null) => void;
  reject: (error: unknown) => void;
}

let waiting: Waiting[] = [];

async function ask(batch: readonly Waiting[]): Promise<void> {
  try {
    const [first] = batch;
    const curves = await getAll('/v1/curves', RunCurveSchema, {
      query: { runId: batch.map(({ run }) => run.runId), projectId: first?.run.projectId },
    });
    const byRun = new Map(curves.map((curve) => [curve.runId, curve]));
    for (const { run, resolve } of batch) resolve(byRun.get(run.runId) ?? null);
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function flush(): void {
  const groups = Map.groupBy(waiting, ({ run }) => run.projectId ?? '');
  waiting = [];
  for (const group of groups.values()) {
    for (let start = 0; start < group.length; start += MAX_CURVES) void ask(group.slice(start, start + MAX_CURVES));
  }
}

/** One request for all rows that came into view together. */
function gather(run: RunReference): Promise<RunCurve | null> {
  return new Promise((resolve, reject) => {
    if (waiting.length === 0) setTimeout(flush, GATHER_MS);
    waiting.push({ run, resolve, reject });
  });
}

/** How a run got better; null where it is not to be seen. Rows that ask at the same time share one request. */
export const curveQuery = (run: RunReference) => queryOptions({ queryKey: keys.curve(run.runId), queryFn: () => gather(run) });
