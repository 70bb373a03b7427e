import { fairTail, logFactorial } from './distributions.js';

/** Evidence at which a comparison is decided: false claims stay below 1 in 40, however often one looks. */
export const DECIDED_AT = 40;
/** Stakes of the bets as shares of the wealth, uniform from 0 to 1. For 0/1 scores their mean is the mixture of `signEvidence`. */
const STAKES: readonly number[] = Array.from({ length: 256 }, (_, at) => (at + 0.5) / 256);

export type SequentialOutcome = 'better' | 'worse' | 'open' | 'futile';

/**
 * Evidence for "better" from examples that differ: a mixture of the share of wins, uniform on 1/2 to 1, against 1/2.
 * It is a martingale if both are equally good, so that looking after every pair costs nothing (Ville's inequality).
 */
export function signEvidence(wins: number, losses: number): number {
  const n = wins + losses;
  // 2^(n+1) B(w+1, l+1) P(Bin(n+1, 1/2) <= w); B(w+1, l+1) = w! l! / (n+1)!
  const log = (n + 1) * Math.LN2 + logFactorial(wins) + logFactorial(losses) - logFactorial(n + 1);
  return Math.exp(log) * fairTail(losses + 1, n + 1);
}

/** A comparison that may be looked at after every pair. */
export class SequentialTest {
  private wins = 0;
  private losses = 0;
  private pairs = 0;
  private sum = 0;
  private other = false;
  private readonly up = new Float64Array(STAKES.length);
  private readonly down = new Float64Array(STAKES.length);

  /**
   * @param range size of the scale; null if it is open: then only the signs of the differences count
   * @param tolerance differences up to it are ties
   */
  constructor(
    private readonly range: number | null,
    private readonly tolerance: number,
  ) {}

  /** Takes the next difference; positive is better. */
  add(difference: number): void {
    this.pairs++;
    this.sum += difference;
    if (difference > this.tolerance) this.wins++;
    else if (difference < -this.tolerance) this.losses++;
    if (this.range === null) return;
    const share = Math.max(-1, Math.min(1, difference / this.range));
    if (Math.abs(share) > 1e-9 && Math.abs(Math.abs(share) - 1) > 1e-9) this.other = true;
    for (const [at, stake] of STAKES.entries()) {
      this.up[at] = (this.up[at] as number) + Math.log1p(stake * share);
      this.down[at] = (this.down[at] as number) + Math.log1p(-stake * share);
    }
  }

  get evidence(): { better: number; worse: number } {
    if (!this.other) return { better: signEvidence(this.wins, this.losses), worse: signEvidence(this.losses, this.wins) };
    return { better: meanWealth(this.up), worse: meanWealth(this.down) };
  }

  get state(): { pairs: number; better: number; worse: number; difference: number | null } {
    return { pairs: this.pairs, better: this.wins, worse: this.losses, difference: this.pairs === 0 ? null : this.sum / this.pairs };
  }

  /** @param left pairs that are still to come; if even they cannot decide, more calls are futile */
  outcome(left: number): SequentialOutcome {
    const { better, worse } = this.evidence;
    if (better >= DECIDED_AT) return 'better';
    if (worse >= DECIDED_AT) return 'worse';
    return this.best(left) < DECIDED_AT ? 'futile' : 'open';
  }

  /** Evidence for "better" if every pair that is left were won outright. */
  private best(left: number): number {
    if (!this.other) return signEvidence(this.wins + left, this.losses);
    return meanWealth(this.up.map((each, at) => each + left * Math.log1p(STAKES[at] as number)));
  }
}

function meanWealth(logs: Float64Array): number {
  let sum = 0;
  for (const each of logs) sum += Math.exp(each);
  return sum / logs.length;
}
