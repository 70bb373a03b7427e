import * as z from 'zod';
import { OptimizationIterationSchema } from '../../../src/schemas/iteration.js';
import { type OptimizationRun, OptimizationRunSchema } from '../../../src/schemas/run.js';
import { SampleBatchResultSchema } from '../../../src/schemas/sample.js';
import { createProject } from '../api/projects.js';
import { get, segment } from '../api/request.js';
import { updateRun } from '../api/runs.js';

/** What `scripts/record-demo.mjs` wrote: rows as they are sent, with times as milliseconds from the run's start. */
const DemoTrailSchema = z.object({
  run: z.looseObject({ durationMs: z.number(), endOffset: z.number() }),
  iterations: z.array(z.looseObject({ startOffset: z.number().nullable(), endOffset: z.number().nullable() })),
  examples: z.array(z.looseObject({})),
  samples: z.array(z.looseObject({ example: z.number() })),
});

const PROJECT = 'demo';
const SAMPLES_AT_ONCE = 500;

/** Sends the recorded demo through the API, as any program would. Tells how far it is, from 0 to 1. */
export async function loadDemo(projectId: string = PROJECT, progress: (part: number) => void = () => {}): Promise<OptimizationRun> {
  const trail = await get('/demo-trail.json', DemoTrailSchema);
  // A project that is there is returned as it is; whoever may make none records into one that they were given.
  if (projectId === PROJECT) await createProject({ id: PROJECT, name: 'Demo' }).catch(() => {});

  const { durationMs, endOffset, ...said } = trail.run;
  const start = Date.now() - endOffset;
  const time = (offset: number | null) => (offset === null ? undefined : new Date(start + offset).toISOString());
  const run = await get('/v1/runs', OptimizationRunSchema, {
    method: 'POST',
    body: { ...said, projectId, status: 'running', startTime: time(0) },
  });
  const place = `/v1/runs/${segment(run.id)}`;
  const steps = trail.iterations.length + Math.ceil(trail.samples.length / SAMPLES_AT_ONCE);
  let done = 0;
  const step = () => {
    done += 1;
    progress(done / steps);
  };

  for (const { startOffset, endOffset: end, ...iteration } of trail.iterations) {
    const body = { ...iteration, runId: run.id, projectId, startTime: time(startOffset), endTime: time(end) };
    await get(`${place}/iterations`, OptimizationIterationSchema, { method: 'POST', body });
    step();
  }
  for (let first = 0; first < trail.samples.length; first += SAMPLES_AT_ONCE) {
    const samples = trail.samples
      .slice(first, first + SAMPLES_AT_ONCE)
      .map(({ example, ...sample }) => ({ ...sample, ...trail.examples[example], runId: run.id, projectId }));
    await get(`${place}/samples`, SampleBatchResultSchema, { method: 'POST', body: { samples } });
    step();
  }
  return updateRun({ runId: run.id, projectId }, { status: 'completed', endTime: time(endOffset), durationMs });
}
