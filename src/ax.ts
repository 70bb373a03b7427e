import { trackRun } from './index.js';
import { createTrackAx } from './optimizers/ax/track.js';
import type { TrackRunOptions } from './recorder/options.js';

/**
 * Records what an optimizer of `@ax-llm/ax` does, into `options.client` or the default client: `trackAx(new AxGEPA(...),
 * { projectId })` gives back the optimizer to use as before.
 */
export const trackAx = createTrackAx<TrackRunOptions>(trackRun);

export type { AxCompiled, TrackAxOptions } from './optimizers/ax/track.js';
