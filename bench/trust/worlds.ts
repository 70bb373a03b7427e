import { normalQuantile } from '../../src/trust/distributions.js';
import { SeededRandom } from '../../src/trust/random.js';

/** How an optimizer of the simulation chooses the parent of its next proposal; `siblings` are children of the baseline that resemble it. */
export type Climb = 'independent' | 'siblings' | 'pareto' | 'half greedy' | 'greedy' | 'gate overlap';
export const CLIMBS: readonly Climb[] = ['independent', 'pareto', 'half greedy', 'greedy', 'gate overlap'];

export interface World {
  n: number;
  /** Programs beside the baseline that are evaluated completely. */
  k: number;
  climb: Climb;
  binary: boolean;
  /** Effects of proposals, in rates at a base rate of 0.6; each proposal adds it to its parent with `chance`. */
  gain?: number;
  chance?: number;
  /** Only this proposal has the gain. */
  only?: number;
}

export interface Outcome {
  scores: number[][];
  parents: (number | null)[] | undefined;
  overlap: number;
  /** True mean of each program beyond the baseline's. */
  truth: number[];
}

/** Share of an example's own difficulty that a child shares with its parent. */
const RHO = 0.9;
const BASE_RATE = 0.6;
const SPREAD = Math.sqrt(1.25);
/** Examples of the minibatch by which proposals are let through. */
const MINIBATCH = 5;

/** Proposals for each program that is to be evaluated, after which an optimizer gives up. */
const MOST_PROPOSALS = 30;

/** Standard normal numbers by the polar method. */
class Normal {
  private spare: number | null = null;

  constructor(readonly random: SeededRandom) {}

  next(): number {
    if (this.spare !== null) {
      const value = this.spare;
      this.spare = null;
      return value;
    }
    for (;;) {
      const [u, v] = [2 * this.random.uniform() - 1, 2 * this.random.uniform() - 1];
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      this.spare = v * factor;
      return u * factor;
    }
  }
}

/** Phi by a rational approximation (Abramowitz and Stegun 7.1.26), good to 1e-7: enough to make scores. */
function normalShare(x: number): number {
  const t = 1 / (1 + 0.3275911 * (Math.abs(x) / Math.SQRT2));
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - poly * Math.exp((-x * x) / 2);
  return x >= 0 ? 0.5 * (1 + erf) : 0.5 * (1 - erf);
}

/** Shift of a program's ability that raises its rate from the base rate by `gain`. */
const shiftFor = (gain: number) => SPREAD * (normalQuantile(Math.min(0.999, BASE_RATE + gain)) - normalQuantile(BASE_RATE));

/** One run of an optimizer whose true effects are known. */
export function play(world: World, seed: number): Outcome {
  const normal = new Normal(new SeededRandom(seed));
  const player = new Player(world, normal);
  // A parent that is right on every example lets no proposal through.
  for (let proposals = 0; player.size <= world.k && proposals < MOST_PROPOSALS * world.k; proposals++) player.propose();
  return player.outcome();
}

interface Program {
  noise: Float64Array;
  ability: number;
  scores: Float64Array;
  mean: number;
  parent: number | null;
}

class Player {
  private readonly difficulty: Float64Array;
  private readonly programs: Program[] = [];
  private readonly order: { parent: number; accepted: boolean }[] = [];
  private overlap = 0;
  private proposed = 0;

  constructor(
    private readonly world: World,
    private readonly normal: Normal,
  ) {
    const shift = SPREAD * normalQuantile(BASE_RATE);
    this.difficulty = Float64Array.from({ length: world.n }, () => normal.next() + shift);
    const noise = Float64Array.from({ length: world.n }, () => normal.next());
    this.programs.push(this.scored(noise, 0, null));
  }

  get size(): number {
    return this.programs.length;
  }

  propose(): void {
    const { climb } = this.world;
    const parent = this.parent();
    const from = this.programs[parent] as Program;
    const rho = climb === 'independent' ? 0 : RHO;
    const fresh = Math.sqrt(1 - rho * rho);
    const noise = from.noise.map((each) => rho * each + fresh * this.normal.next());
    this.proposed++;
    const child = this.scored(noise, from.ability + this.effect(), parent);
    if (climb === 'gate overlap' && !this.letThrough(child, from)) {
      this.order.push({ parent, accepted: false });
      return;
    }
    this.order.push({ parent, accepted: true });
    this.programs.push(child);
  }

  private effect(): number {
    const { gain = 0, chance = 1, only } = this.world;
    if (gain === 0 || (only !== undefined && only !== this.proposed)) return 0;
    return only !== undefined || this.normal.random.uniform() < chance ? shiftFor(gain) : 0;
  }

  private scored(noise: Float64Array, ability: number, parent: number | null): Program {
    const raw = noise.map((each, at) => (this.difficulty[at] as number) + ability + 0.5 * each);
    const scores = raw.map((x) => (this.world.binary ? Number(x > 0) : normalShare(x)));
    return { noise, ability, scores, parent, mean: scores.reduce((sum, each) => sum + each, 0) / scores.length };
  }

  private parent(): number {
    const { climb } = this.world;
    const { random } = this.normal;
    if (climb === 'independent' || climb === 'siblings') return 0;
    const greedy = climb === 'greedy' || climb === 'gate overlap' || (climb === 'half greedy' && random.uniform() < 0.5);
    return greedy ? this.best() : this.onFront();
  }

  private best(): number {
    let best = 0;
    for (const [at, { mean }] of this.programs.entries()) if (mean > (this.programs[best] as Program).mean) best = at;
    return best;
  }

  /** As GEPA chooses: an example by chance, and of the programs that are best on it one by chance. */
  private onFront(): number {
    const { random } = this.normal;
    const example = random.below(this.world.n);
    const top = Math.max(...this.programs.map(({ scores }) => scores[example] as number));
    const front = [...this.programs.keys()].filter((at) => (this.programs[at] as Program).scores[example] === top);
    return front[random.below(front.length)] as number;
  }

  private letThrough(child: Program, parent: Program): boolean {
    let gain = 0;
    for (let draw = 0; draw < MINIBATCH; draw++) {
      const at = this.normal.random.below(this.world.n);
      gain += (child.scores[at] as number) - (parent.scores[at] as number);
    }
    if (gain <= 0) return false;
    this.overlap += MINIBATCH;
    return true;
  }

  /** True mean of a program: of 0/1 scores its rate, of continuous ones the mean of Phi. */
  private meanAt(ability: number): number {
    const centre = SPREAD * normalQuantile(BASE_RATE) + ability;
    return normalShare(centre / (this.world.binary ? SPREAD : Math.sqrt(1 + SPREAD * SPREAD)));
  }

  outcome(): Outcome {
    const independent = this.world.climb === 'independent' || this.world.climb === 'siblings';
    return {
      scores: this.programs.map(({ scores }) => [...scores]),
      parents: independent ? undefined : this.programs.map(({ parent }) => parent),
      overlap: Math.min(this.world.n, this.overlap),
      truth: this.programs.map(({ ability }) => this.meanAt(ability) - this.meanAt(0)),
    };
  }
}
