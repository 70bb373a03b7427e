import { isOptrailError, OptrailError } from '../../errors.js';
import { quietTimeout, type Timer } from '../timers.js';
import { messageOf } from '../warnings.js';
import type { Send, Write } from './writes.js';

export interface RetryPolicy {
  /** Longest wait after the first failure in milliseconds. It doubles each time; how much of it is waited is chance. */
  baseMs: number;
  maxDelayMs: number;
  /** Longest wait while somebody waits for the queue to empty. */
  urgentDelayMs: number;
  /** Attempts at one write that the database answers with "try again". */
  maxAttempts: number;
  /** Attempts in a row, over all writes, that nothing answers. */
  maxUnanswered: number;
  /** Longest wait for one attempt. */
  attemptMs: number;
  /** Whether a journal holds what is being sent, so that it stays there where the database is gone for good. */
  journalled?: boolean;
}

/** The database may be back in a while, whatever is sent: it does not answer, or another process has its directory open. */
const AWAY: ReadonlySet<string> = new Set(['database_unreachable', 'database_locked', 'server_unreachable']);

/** There is no database to send to any more. What was to be sent stays in the journal. */
export class Halt extends Error {}

/** Whether the same write may be taken later. An engine that failed is started anew; a write that was stored already changes nothing. */
export function mayPass(error: OptrailError): boolean {
  return error.retryable || error.code === 'engine_failed';
}

/** Rides out half an hour without a database: 240 attempts, at most 15 s apart. */
export const PATIENT: RetryPolicy = {
  baseMs: 100,
  maxDelayMs: 15_000,
  urgentDelayMs: 1_000,
  maxAttempts: 10,
  maxUnanswered: 240,
  attemptMs: 30_000,
};

/** With a journal what waits can wait for days; `optrail sync` sends it when the process is gone. */
export const KEPT: RetryPolicy = { ...PATIENT, maxUnanswered: Number.POSITIVE_INFINITY, journalled: true };

/** For `optrail sync`: somebody waits, and what is not sent stays where it is. */
export const SYNC: RetryPolicy = { ...PATIENT, maxDelayMs: 1_000, maxUnanswered: 4, attemptMs: 15_000, journalled: true };

/** For strict runs: somebody waits for each answer. */
export const PROMPT: RetryPolicy = { ...PATIENT, maxDelayMs: 1_000, maxAttempts: 5, maxUnanswered: 5, attemptMs: 10_000 };

/** Delivers one write at a time, as often as it takes. */
export class Delivery {
  /** Attempts in a row that nothing answered. */
  private unanswered = 0;
  private hurried = 0;
  private wake: () => void = () => undefined;

  constructor(
    private readonly send: Send,
    private readonly policy: RetryPolicy,
    /** Told of each attempt: undefined where it was answered well. */
    private readonly onAttempt: (error: OptrailError | undefined) => void,
  ) {}

  /** Resolves to the number of rows that were there before the first attempt; rejects when there is no point in going on. */
  async deliver(write: Write): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const existing = await this.attempt(write);
        this.unanswered = 0;
        this.onAttempt(undefined);
        return attempt === 1 ? existing : 0;
      } catch (thrown) {
        const error = asOptrailError(thrown);
        this.unanswered = AWAY.has(error.code) ? this.unanswered + 1 : 0;
        this.onAttempt(error);
        if (this.isOver(error, attempt)) throw error;
        await this.pause(Math.max(attempt, this.unanswered));
      }
    }
  }

  /** Throws {@link Halt} where the write is to stay in the journal. */
  private isOver(error: OptrailError, attempt: number): boolean {
    const { maxUnanswered, maxAttempts, journalled } = this.policy;
    const isAway = AWAY.has(error.code);
    const isSpent = isAway ? this.unanswered >= maxUnanswered : attempt >= maxAttempts;
    if (journalled === true && (error.code === 'closed' || (isAway && isSpent))) throw new Halt(error.message, { cause: error });
    return isSpent || !mayPass(error);
  }

  /** Until the promise settles, tries at once and at short intervals: somebody is waiting. */
  async hurry<T>(work: Promise<T>): Promise<T> {
    this.hurried += 1;
    this.wake();
    try {
      return await work;
    } finally {
      this.hurried -= 1;
    }
  }

  private async attempt(write: Write): Promise<number> {
    const controller = new AbortController();
    let timer: Timer | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = quietTimeout(() => {
        const error = new OptrailError('database_unreachable', `No answer within ${this.policy.attemptMs} ms.`, { retryable: true });
        reject(error);
        controller.abort(error);
      }, this.policy.attemptMs);
    });
    try {
      return await Promise.race([this.send(write, controller.signal), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private pause(failures: number): Promise<void> {
    const { baseMs, maxDelayMs, urgentDelayMs } = this.policy;
    const delay = Math.min(baseMs * 2 ** (failures - 1), this.hurried > 0 ? urgentDelayMs : maxDelayMs);
    return new Promise((resolve) => {
      const timer = quietTimeout(resolve, delay * Math.random());
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** What was thrown, or an error of ours that holds it. */
export function asOptrailError(thrown: unknown): OptrailError {
  if (isOptrailError(thrown)) return thrown;
  return new OptrailError('recording_failed', messageOf(thrown), { cause: thrown });
}
