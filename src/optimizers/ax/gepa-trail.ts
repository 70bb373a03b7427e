import type { IterationRecord, SampleRecord } from '../../recorder/port.js';
import { changedComponents, sameTexts } from './candidate.js';
import type { FeedbackNotes } from './feedback.js';
import type { Evaluation, GepaListener } from './gepa-adapter.js';
import type { GepaMeasure, Measured } from './gepa-measure.js';
import { mergedPair, type RankedCandidate, winnerOf } from './gepa-state.js';
import { type Meter, totalUsage, type Usage, usageFields } from './meter.js';
import { sum } from './scores.js';
import type { AxOptimizer, ComponentMap } from './surface.js';
import type { Trail } from './trail.js';
import type { Landmarks } from './watch.js';

/** A candidate that has its full evaluation. Its place in the list is Ax's own number for it. */
interface Candidate extends RankedCandidate {
  readonly components: ComponentMap;
  /** Its number by example, which a merge is judged by. */
  readonly byExample: ReadonlyMap<unknown, number>;
}

interface ParentMinibatch {
  readonly iteration: number;
  /** Absent if its texts are no known candidate's. */
  readonly parent: Candidate | undefined;
  readonly sum: number;
  readonly endTime: Date;
}

/** Whether the optimizer takes a candidate on, and by which figures. */
interface Verdict {
  readonly accepted: boolean;
  readonly reason: string;
}

/** A proposal between its minibatch and its full evaluation, if it gets one. */
interface Proposal {
  readonly number: number;
  readonly iteration: number;
  readonly parents: readonly Candidate[];
  /** Absent where what decides can't be seen. */
  readonly verdict: Verdict | undefined;
}

/**
 * Tells GEPA's batches as the story of a run. Ax's order is fixed: the seed in full; then, round by round, a parent's
 * minibatch (the only one with traces) and its child's, or a merge's; and in full whatever was accepted.
 */
export class GepaTrail implements Pick<GepaListener, 'evaluated'> {
  private readonly candidates: Candidate[] = [];
  private readonly spent: Usage[] = [];
  private parent: ParentMinibatch | undefined;
  private proposal: Proposal | undefined;
  private proposals = 0;
  private writeHeld: (() => void) | undefined;

  constructor(
    private readonly trail: Trail,
    private readonly optimizer: AxOptimizer,
    private readonly measure: GepaMeasure,
    /** Meters the model that reflects. */
    private readonly teacher: Meter,
    /** Absent where the user gives no feedback. */
    private readonly feedback: FeedbackNotes | undefined,
  ) {}

  /** Whether the seed has had its full evaluation. */
  get started(): boolean {
    return this.candidates.length > 0;
  }

  evaluating(): void {
    this.trail.attempt(() => this.release());
  }

  evaluated(evaluation: Evaluation): void {
    this.trail.attempt(() => {
      const measured = this.measure.of(evaluation);
      this.spent.push(measured.usage);
      if (!this.started) this.seed(measured);
      else if (evaluation.captureTraces) this.parentMinibatch(measured);
      else if (this.parent) this.reflection(this.parent, measured);
      else if (this.proposal) this.fullEvaluation(this.proposal, measured);
      else this.merge(measured);
    });
  }

  /** Declares the winner where Ax names another than Optrail's rule would find. */
  compiled(result: unknown): Landmarks {
    const best = Math.max(...this.candidates.map(({ score }) => score));
    const earliest = this.candidates.find(({ score }) => score === best);
    const winner = winnerOf(result, this.candidates) ?? earliest;
    if (winner && winner !== earliest) this.trail.annotate({ bestIteration: winner.iteration });
    const [seed] = this.candidates;
    const baseline = this.trail.baseline ?? seed?.iteration;
    return { ...(baseline === undefined ? {} : { baseline }), ...(winner ? { best: winner.iteration } : {}) };
  }

  /** Writes what was held back; to be called where compile failed, too. */
  close(): void {
    this.trail.attempt(() => {
      this.release();
      if (this.proposal?.verdict?.accepted) {
        const decisionReason = `${this.proposal.verdict.reason}; it had no full evaluation before the end`;
        this.trail.update(this.proposal.iteration, { decisionReason });
      }
      const { totalTokens, costUsd } = totalUsage([...this.spent, this.teacher.take()]);
      if (totalTokens > 0) this.trail.annotate({ totalTokens, ...(costUsd > 0 ? { totalCostUsd: costUsd } : {}) });
    });
  }

  private seed(measured: Measured): void {
    const iteration = this.trail.record({
      ...measured.record,
      evalKind: 'full',
      // A run has one baseline: where it goes on, what it starts from is a candidate like any other.
      isBaseline: this.trail.baseline === undefined,
      params: { role: 'seed', candidate: 0 },
      ...(this.trail.startsFrom === null ? {} : { parentIterations: [this.trail.startsFrom] }),
      samples: measured.samples,
    });
    this.admit(iteration, measured);
  }

  private parentMinibatch(measured: Measured): void {
    this.proposal = undefined;
    const number = this.candidates.findIndex(({ components }) => sameTexts(components, measured.candidate));
    const parent = this.candidates[number];
    const iteration = this.trail.record({
      ...measured.record,
      evalKind: 'minibatch',
      params: { role: 'parent', ...(parent ? { candidate: number, reevaluates: parent.iteration } : {}) },
      ...(this.feedback ? {} : { samples: measured.samples }),
    });
    this.parent = { iteration, parent, sum: sum(measured.scalars), endTime: measured.endTime };
    if (this.feedback) this.hold(iteration, measured, this.feedback);
  }

  private reflection(against: ParentMinibatch, measured: Measured): void {
    const usage = this.teacher.take();
    this.spent.push(usage);
    this.parent = undefined;
    const threshold = this.threshold();
    const child = sum(measured.scalars);
    const accepted = child > against.sum + threshold;
    const verdict = accepted ? 'is above' : 'is not above';
    const reason = `minibatch sum ${figure(child)} ${verdict} the parent's ${figure(against.sum)}${by(threshold)}`;
    const durationMs = Math.max(0, measured.startTime.getTime() - against.endTime.getTime());
    this.propose(
      measured,
      against.parent ? [against.parent] : [],
      { accepted, reason },
      {
        params: { role: 'proposal', parent_minibatch: against.iteration },
        metadata: { reflection: { calls: usage.calls, ...usageFields(usage), durationMs } },
      },
    );
  }

  private merge(measured: Measured): void {
    const parents = mergedPair(this.optimizer, this.candidates);
    const sums = parents.map(({ byExample }) => sum(measured.rows.map(({ example }) => byExample.get(example) ?? 0)));
    const threshold = this.threshold();
    const child = sum(measured.scalars);
    const accepted = child >= Math.max(...sums) + threshold;
    const verdict = accepted ? 'reaches' : 'is below';
    const reason = `sum ${figure(child)} ${verdict} its parents' better of ${sums.map(figure).join(' and ')}${by(threshold)}`;
    this.propose(measured, parents, parents.length > 0 ? { accepted, reason } : undefined, { params: { role: 'merge' } });
  }

  private propose(
    measured: Measured,
    parents: readonly Candidate[],
    verdict: Verdict | undefined,
    { params, ...rest }: Pick<IterationRecord, 'params' | 'metadata'>,
  ): void {
    this.proposals += 1;
    const iteration = this.trail.record({
      ...measured.record,
      ...rest,
      evalKind: 'minibatch',
      parentIterations: parents.map((parent) => parent.iteration),
      ...(verdict ? { decision: verdict.accepted ? 'accepted' : 'rejected', decisionReason: verdict.reason } : {}),
      params: { ...params, proposal: this.proposals, changed: changedComponents(parents[0]?.components, measured.candidate) },
      samples: measured.samples,
    });
    this.proposal = { number: this.proposals, iteration, parents, verdict };
  }

  private fullEvaluation(proposal: Proposal, measured: Measured): void {
    // Ax evaluates in full only what it accepted: its deed outranks our reading of its rule.
    if (!proposal.verdict?.accepted)
      this.trail.update(proposal.iteration, { decision: 'accepted', decisionReason: 'Ax evaluated it in full' });
    const iteration = this.trail.record({
      ...measured.record,
      evalKind: 'full',
      parentIterations: proposal.parents.map((parent) => parent.iteration),
      // The decision fell on the proposal and is counted there.
      params: { role: 'validation', candidate: this.candidates.length, proposal: proposal.number, accepted_in: proposal.iteration },
      samples: measured.samples,
    });
    this.proposal = undefined;
    this.admit(iteration, measured);
  }

  private admit(iteration: number, { candidate, score, rows, scalars }: Measured): void {
    const byExample = new Map(rows.map(({ example }, index) => [example, scalars[index] ?? 0]));
    this.candidates.push({ iteration, components: candidate, score, byExample });
  }

  /** Keeps a parent's samples back until Ax has asked for the feedback on them: a sample can't be changed once written. */
  private hold(iteration: number, { rows, samples }: Measured, feedback: FeedbackNotes): void {
    this.writeHeld = () => {
      const said = samples.map((sample, index): SampleRecord => {
        const text = feedback.on(rows[index]?.prediction);
        return text === undefined ? sample : { ...sample, feedback: text };
      });
      this.trail.addSamples(iteration, said);
    };
  }

  private release(): void {
    this.writeHeld?.();
    this.writeHeld = undefined;
  }

  private threshold(): number {
    return Number(this.optimizer.minImprovementThreshold) || 0;
  }
}

function figure(value: number): string {
  return String(Number(value.toFixed(4)));
}

function by(threshold: number): string {
  return threshold === 0 ? '' : ` by ${figure(threshold)}`;
}
