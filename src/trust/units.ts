/** Scores of one program, summed up by example. */
export type ScoresByExample = Map<number, { sum: number; count: number }>;

/** The scale that scores lie on, and its worst score for a failed example that carries none. */
export interface ScoreScale {
  direction: 'maximize' | 'minimize';
  scoreMax: number;
  /** Lowest and highest score; null if the scale is open. */
  limits: readonly [number, number] | null;
  /** Null if the scale is open: failures then count apart. */
  worst: number | null;
}

/** The scale is closed if every score lies between 0 and the top. */
export function scaleOf(direction: 'maximize' | 'minimize', scoreMax: number, scores: Iterable<number | null>): ScoreScale {
  const slack = 1e-9 * scoreMax;
  for (const score of scores) {
    if (score !== null && (score < -slack || score > scoreMax + slack)) return { direction, scoreMax, limits: null, worst: null };
  }
  return { direction, scoreMax, limits: [0, scoreMax], worst: direction === 'maximize' ? 0 : scoreMax };
}

/** Score that counts for an example; null if it was not judged. */
export function countedScore(score: number | null, failed: boolean, { worst }: ScoreScale): number | null {
  return score ?? (failed ? worst : null);
}

export function addScore(scores: ScoresByExample, example: number, score: number): void {
  const entry = scores.get(example);
  if (entry === undefined) scores.set(example, { sum: score, count: 1 });
  else {
    entry.sum += score;
    entry.count++;
  }
}

/** Mean per example, then over examples; null without a scored example. */
export function meanByExample(scores: ScoresByExample): number | null {
  let sum = 0;
  for (const each of scores.values()) sum += each.sum / each.count;
  return scores.size === 0 ? null : sum / scores.size;
}

/**
 * A row of scores by unit: an example, or a cluster of examples that counts as one. Clusters are summed and scaled, so that
 * the mean over clusters is the mean over examples. NaN stands for not scored.
 */
export function unitRow(scores: ScoresByExample, units: readonly (readonly number[])[]): number[] {
  const examples = units.reduce((sum, unit) => sum + unit.length, 0);
  return units.map((unit) => {
    let sum = 0;
    for (const example of unit) {
      const entry = scores.get(example);
      if (entry === undefined) return Number.NaN;
      sum += entry.sum / entry.count;
    }
    return unit.length === 1 && units.length === examples ? sum : (sum * units.length) / examples;
  });
}

/** Examples grouped by cluster; an example without one stands alone. */
export function unitsOf(examples: readonly number[], clusterOf: (example: number) => string | null): number[][] {
  const [units, places] = [[] as number[][], new Map<string, number>()];
  for (const example of examples) {
    const cluster = clusterOf(example);
    const place = cluster === null ? undefined : places.get(cluster);
    if (place !== undefined) units[place]?.push(example);
    else {
      if (cluster !== null) places.set(cluster, units.length);
      units.push([example]);
    }
  }
  return units;
}
