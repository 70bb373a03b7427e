import { expect } from 'vitest';
import type { GateRunsOptions } from './client/port.js';
import { gateRuns } from './index.js';

/** A run, or one of its iterations. The winner stands for a run. */
export type GatedRun = string | { runId: string; iteration?: number };

export interface RegressOptions extends Omit<GateRunsOptions, 'baselineIteration' | 'candidateIteration'> {
  /** Replaces `gateRuns` of the default client, such as `client.gateRuns` of your own. */
  gateRuns?: typeof gateRuns | undefined;
}

const named = (run: GatedRun) => (typeof run === 'string' ? { runId: run } : run);

expect.extend({
  /**
   * `await expect(run).not.toRegress(baseline)` fails on a regression, and on runs that cannot be compared. An undecided comparison
   * passes unless `undecided` is `fail`.
   */
  async toRegress(received: GatedRun, baseline: GatedRun, options: RegressOptions = {}) {
    const { gateRuns: gate = gateRuns, ...rule } = options;
    const [base, own] = [named(baseline), named(received)];
    const result = await gate(base.runId, own.runId, {
      undecided: 'pass',
      ...rule,
      baselineIteration: base.iteration,
      candidateIteration: own.iteration,
    });
    // Neither `toRegress` nor its opposite may pass if nothing was compared.
    if (result.exitCode === 1 || result.exitCode === 4) throw new Error(result.sentence);
    return { pass: result.outcome === 'regression', message: () => result.sentence };
  },
});

declare module 'vitest' {
  interface Matchers<T> {
    /** Whether a run is worse than a baseline, by the rules of `optrail gate`. Use it as `.not.toRegress(baseline)`, and await it. */
    toRegress(baseline: GatedRun, options?: RegressOptions): Promise<void>;
  }
}
