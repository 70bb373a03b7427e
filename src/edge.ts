import { createHttpClient, type HttpClientOptions } from './client/http/http-client.js';
import type { ClientHandle, OptimizationClient } from './client/port.js';
import { OptrailError } from './errors.js';
import { createTrackAx } from './optimizers/ax/track.js';
import type { ResumeOptions, TrackRunOptions } from './recorder/options.js';
import type { Run, StartedRun } from './recorder/port.js';
import { createTrackRun } from './recorder/track-run.js';

/*
 * The entry point for edge runtimes, workers and browsers, which have no files and no processes. All calls go to a server. Writes that wait
 * are in memory: `flush()` counts them as pending, and none as kept.
 */

/** The helper functions over HTTP. An edge runtime has no environment of the process's own: the server is named here. */
export function createClient(options: HttpClientOptions): ClientHandle {
  return createHttpClient(options);
}

/** The client, which an edge runtime cannot find in an environment. */
export interface OnEdge {
  client: OptimizationClient;
}

const recorder = createTrackRun(async () => {
  throw new OptrailError('not_configured', 'An edge runtime does not have a default client.', {
    path: 'client',
    hint: 'Pass one: trackRun({ client: createClient({ url, apiKey }), ... }).',
  });
});

/** {@inheritDoc RunTracker.trackRun} */
export function trackRun<T>(options: (TrackRunOptions | ResumeOptions) & OnEdge, callback: (run: Run) => Promise<T> | T): Promise<T> {
  return recorder.trackRun(options, callback);
}

/** {@inheritDoc RunTracker.startRun} */
export function startRun(options: (TrackRunOptions | ResumeOptions) & OnEdge): Promise<StartedRun> {
  return recorder.startRun(options);
}

/** Records an optimizer of `@ax-llm/ax` into `options.client`. */
export const trackAx = createTrackAx<TrackRunOptions & OnEdge>(trackRun);

export type { HttpClientOptions } from './client/http/http-client.js';
export type { ClientHandle, OptimizationClient, TrailClient } from './client/port.js';
export { ERROR_CODES, type ErrorIssue, isOptrailError, OptrailError, type OptrailErrorCode } from './errors.js';
export type { AxCompiled, TrackAxOptions } from './optimizers/ax/track.js';
export type { ResumeOptions, TrackRunOptions } from './recorder/options.js';
export type {
  FlushOptions,
  FlushReport,
  IterationRecord,
  IterationUpdate,
  Run,
  RunAnnotation,
  SampleRecord,
  StartedRun,
} from './recorder/port.js';
