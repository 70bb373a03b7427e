import type { TrackRunOptions } from '../../src/recorder/options.js';
import type { Run } from '../../src/recorder/port.js';
import { createTrackRun } from '../../src/recorder/track-run.js';
import type { FakeClient } from './fake-client.js';

/** Records into a fake, and keeps what was warned of. */
export function tracker(client: FakeClient, more: Partial<TrackRunOptions> = {}) {
  const warnings: string[] = [];
  const options: TrackRunOptions = { projectId: 'p', optimizerType: 'gepa', onWarning: (message) => warnings.push(message), ...more };
  const { trackRun, startRun } = createTrackRun(async () => client.client);
  return {
    warnings,
    track: <T>(callback: (run: Run) => T | Promise<T>, extra: Partial<TrackRunOptions> = {}) =>
      trackRun({ ...options, ...extra }, callback),
    start: () => startRun(options),
  };
}
