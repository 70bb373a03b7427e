import type { EvalKind, IterationDecision, IterationStatus } from './iteration.js';
import type { Direction } from './run.js';

export interface BestSoFar {
  iteration: number;
  score: number;
}

/** The facts that decide whether an iteration can be the best. */
export interface Eligibility {
  score: number | null;
  evalKind: EvalKind;
  status: IterationStatus;
  decision: IterationDecision | null;
}

/**
 * The best iteration recorded so far, by the database's own rule: completed full evaluations that were not rejected; a tie
 * goes to the earlier; an iteration declared best is best.
 */
export class BestTracker {
  private readonly verdicts = new Map<number, Eligibility>();
  private leader: BestSoFar | null = null;
  private declared: number | null = null;

  constructor(private readonly direction: Direction) {}

  get best(): BestSoFar | null {
    if (this.declared === null) return this.leader;
    const score = this.verdicts.get(this.declared)?.score ?? null;
    return score === null ? this.leader : { iteration: this.declared, score };
  }

  record(iteration: number, verdict: Eligibility): void {
    // The database keeps the row that came first.
    if (this.verdicts.has(iteration)) return;
    this.verdicts.set(iteration, verdict);
    this.challenge(iteration, verdict);
  }

  update(iteration: number, changes: Partial<Eligibility>): void {
    const verdict = this.verdicts.get(iteration);
    if (verdict === undefined) return;
    // A running iteration completes with its score.
    const completes = verdict.status === 'running' && typeof changes.score === 'number';
    this.verdicts.set(iteration, { ...verdict, ...(completes ? { status: 'completed' } : {}), ...changes });
    // The best may no longer be best: recompute over all.
    this.leader = null;
    for (const [number, each] of this.verdicts) this.challenge(number, each);
  }

  declare(iteration: number | null): void {
    this.declared = iteration;
  }

  private challenge(iteration: number, { score, evalKind, status, decision }: Eligibility): void {
    if (score === null || evalKind !== 'full' || status !== 'completed' || decision === 'rejected') return;
    if (this.leader === null || this.beats(iteration, score, this.leader)) this.leader = { iteration, score };
  }

  private beats(iteration: number, score: number, leader: BestSoFar): boolean {
    if (score === leader.score) return iteration < leader.iteration;
    return this.direction === 'maximize' ? score > leader.score : score < leader.score;
  }
}
