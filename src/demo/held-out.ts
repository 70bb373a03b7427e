import { CallLog } from '../optimizers/ax/calls.js';
import { describeCandidate } from '../optimizers/ax/candidate.js';
import { totalUsage, usageFields } from '../optimizers/ax/meter.js';
import { ExampleReader, sampleOf } from '../optimizers/ax/samples.js';
import { mean, scalarizer } from '../optimizers/ax/scores.js';
import type { AxMetric, AxProgram, AxService, ComponentMap } from '../optimizers/ax/surface.js';
import type { IterationRecord } from '../recorder/port.js';

/** Runs a candidate over examples that the optimizer never saw, one after the other. A `test` iteration never counts as the best. */
export class HeldOutTest {
  constructor(
    private readonly program: AxProgram,
    private readonly service: AxService,
    private readonly examples: readonly unknown[],
    private readonly metric: AxMetric,
  ) {}

  /** @param reevaluates number of the iteration that holds the same candidate's score in the optimization */
  async evaluate(components: ComponentMap, reevaluates: number | undefined): Promise<IterationRecord & { score: number }> {
    const log = new CallLog();
    const program = log.program(this.program);
    const metric = log.metric(this.metric);
    const startTime = new Date();
    for (const example of this.examples) {
      program.applyOptimizedComponents?.(components);
      // A failure stands in the log as its call's error, and counts as zero.
      const forward = program.forward(this.service, example);
      await forward.then((prediction) => metric({ prediction, example })).catch(() => undefined);
    }
    const calls = log.take();
    const reader = new ExampleReader(this.program);
    const scalarize = scalarizer(undefined);
    const samples = calls.map((call) => ({ ...sampleOf(call, call.scores ?? {}, reader, scalarize), split: 'test' }));
    return {
      evalKind: 'test',
      status: 'completed',
      score: mean(samples.map(({ score }) => score ?? 0)),
      program: describeCandidate(this.program, components),
      params: { role: 'held_out', ...(reevaluates === undefined ? {} : { reevaluates }) },
      startTime,
      endTime: new Date(),
      ...usageFields(totalUsage(calls.map(({ usage }) => usage))),
      samples,
    };
  }
}
