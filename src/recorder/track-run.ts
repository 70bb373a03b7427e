import type { OpenJournal } from '../journal/port.js';
import type { TrackRunOptions } from './options.js';
import type { Run, StartedRun } from './port.js';
import { Recording, type ResolveClient } from './recording.js';

export interface RunTracker {
  /**
   * Records a run around a callback: creates it, hands it over, and ends it as completed, or as failed with the error that
   * the callback threw, which is thrown again as it is, or as cancelled where that is an AbortError or `options.signal` was
   * aborted. Returns what the callback returns.
   *
   * Recording fails open: whatever the database does, the callback runs, and is told nothing unless it asks `run.flush()`;
   * `onWarning` is. In a `strict` run every call rejects where it could not be stored, and `trackRun` rejects with
   * `recording_failed`. With a signal that is aborted already, nothing is created, and it rejects with the signal's reason.
   */
  trackRun<T>(options: TrackRunOptions, callback: (run: Run) => Promise<T> | T): Promise<T>;
  /**
   * Starts a run that the caller ends: `await using run = await startRun(options)`, and `await run.complete()` last in the
   * block. Prefer `trackRun`, which tells success from failure by itself.
   */
  startRun(options: TrackRunOptions): Promise<StartedRun>;
}

/**
 * The two ways to record a run, into `options.client` or the client that `resolveClient` gives. What the database can't take
 * waits in the journal that `openJournal` gives, and in memory alone where it gives none.
 */
export function createTrackRun(resolveClient: ResolveClient, openJournal?: OpenJournal): RunTracker {
  return {
    async trackRun<T>(options: TrackRunOptions, callback: (run: Run) => Promise<T> | T): Promise<T> {
      options.signal?.throwIfAborted();
      const recording = await Recording.begin(options, { resolveClient, openJournal });
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
    async startRun(options: TrackRunOptions): Promise<StartedRun> {
      options.signal?.throwIfAborted();
      return Recording.begin(options, { resolveClient, openJournal });
    },
  };
}
