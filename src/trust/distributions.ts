import jStat from 'jstat';

/** Quantile of the standard normal distribution. */
export function normalQuantile(probability: number): number {
  return jStat.normal.inv(probability, 0, 1);
}

/** Quantile of Student's t distribution. */
export function studentQuantile(probability: number, degrees: number): number {
  return jStat.studentt.inv(probability, degrees);
}

/** Probability that Student's t exceeds `value`. */
export function studentTail(value: number, degrees: number): number {
  return jStat.studentt.cdf(-value, degrees);
}

const logFactorials: number[] = [0];

/** Natural logarithm of `count` factorial. */
export function logFactorial(count: number): number {
  for (let each = logFactorials.length; each <= count; each++) {
    logFactorials.push((logFactorials[each - 1] ?? 0) + Math.log(each));
  }
  return logFactorials[count] ?? 0;
}

const logChoose = (from: number, take: number) => logFactorial(from) - logFactorial(take) - logFactorial(from - take);

/** Probability of at least `successes` heads in `tosses` of a fair coin. */
export function fairTail(successes: number, tosses: number): number {
  if (successes <= 0) return 1;
  let sum = 0;
  for (let heads = successes; heads <= tosses; heads++) sum += Math.exp(logChoose(tosses, heads) - tosses * Math.LN2);
  return Math.min(1, sum);
}

/** Probability of exactly `successes` in `trials` that each succeed with `probability`. */
export function binomialMass(successes: number, trials: number, probability: number): number {
  if (probability <= 0) return successes === 0 ? 1 : 0;
  if (probability >= 1) return successes === trials ? 1 : 0;
  const log = logChoose(trials, successes) + successes * Math.log(probability) + (trials - successes) * Math.log1p(-probability);
  return Math.exp(log);
}

/**
 * One-sided Fisher test: probability of at most `hits` marked items in `drawn` draws without return
 * from `total` items of which `marked` are marked.
 */
export function hypergeometricTail(hits: number, drawn: number, marked: number, total: number): number {
  let sum = 0;
  for (let each = Math.max(0, drawn + marked - total); each <= Math.min(hits, drawn, marked); each++) {
    sum += Math.exp(logChoose(marked, each) + logChoose(total - marked, drawn - each) - logChoose(total, drawn));
  }
  return Math.min(1, sum);
}
