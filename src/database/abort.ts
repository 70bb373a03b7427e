import { OptrailError } from '../errors.js';

/** The error of a call whose AbortSignal fired. */
function abortedError(signal: AbortSignal): OptrailError {
  return new OptrailError('aborted', 'The call was cancelled.', { cause: signal.reason });
}

/**
 * Settles as `work` does, or rejects with `aborted` the moment the signal fires; `onAbort` then stops what can be stopped.
 * The work's own later outcome is dropped. Work is not begun under a signal that has fired already.
 */
export function abortable<T>(signal: AbortSignal | undefined, work: () => Promise<T>, onAbort: () => void = () => {}): Promise<T> {
  if (signal === undefined) return work();
  if (signal.aborted) return Promise.reject(abortedError(signal));
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(abortedError(signal));
      onAbort();
    };
    signal.addEventListener('abort', abort, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}
