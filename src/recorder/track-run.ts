import type { OpenJournal, OpenLeftovers } from '../journal/port.js';
import type { ResumeOptions, TrackRunOptions } from './options.js';
import type { Run, StartedRun } from './port.js';
import type { ResolveClient } from './queue/writes.js';
import { Recording } from './recording.js';

export interface RunTracker {
  /**
   * Records a run around a callback: creates it, hands it over, and ends it as completed, or as failed with the error that
   * the callback threw, which is thrown again as it is, or as cancelled where that is an AbortError or `options.signal` was
   * aborted. Returns what the callback returns.
   *
   * Recording fails open: whatever the database does, the callback runs, and is told nothing unless it asks `run.flush()`;
   * `onWarning` is. In a `strict` run every call rejects where it could not be stored, and `trackRun` rejects with
   * `recording_failed`. With a signal that is aborted already, nothing is created, and it rejects with the signal's reason.
   *
   * With `resume` a run that failed, was cancelled or is stale goes on. That needs the database: where the run cannot be
   * read, or may not go on, `trackRun` rejects and the callback is not called.
   */
  trackRun<T>(options: TrackRunOptions | ResumeOptions, callback: (run: Run) => Promise<T> | T): Promise<T>;
  /**
   * Starts a run that the caller ends: `await using run = await startRun(options)`, and `await run.complete()` last in the
   * block. Prefer `trackRun`, which tells success from failure by itself.
   */
  startRun(options: TrackRunOptions | ResumeOptions): Promise<StartedRun>;
}

/**
 * The two ways to record a run, into `options.client` or the client that `resolveClient` gives. What the database can't take
 * waits in the journal that `openJournal` gives, and in memory alone where it gives none; `openLeftovers` gives what earlier
 * attempts at a run left.
 */
export function createTrackRun(resolveClient: ResolveClient, openJournal?: OpenJournal, openLeftovers?: OpenLeftovers): RunTracker {
  const surroundings = { resolveClient, openJournal, openLeftovers };
  return {
    async trackRun<T>(options: TrackRunOptions | ResumeOptions, callback: (run: Run) => Promise<T> | T): Promise<T> {
      options.signal?.throwIfAborted();
      const recording = await Recording.begin(options, surroundings);
      let result: T;
      try {
        result = await callback(recording);
      } catch (error) {
        await recording.fail(error);
        throw error;
      }
      await recording.end(options.signal?.aborted === true ? 'cancelled' : 'completed');
      recording.demandStored();
      return result;
    },
    async startRun(options: TrackRunOptions | ResumeOptions): Promise<StartedRun> {
      options.signal?.throwIfAborted();
      return Recording.begin(options, surroundings);
    },
  };
}
