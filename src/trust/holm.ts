/** Holm's correction (1979): p-values adjusted for how many were looked at, in the order given; null stays null. */
export function holm(probabilities: readonly (number | null)[]): (number | null)[] {
  const tested = [...probabilities.keys()].filter((at) => probabilities[at] !== null);
  tested.sort((left, right) => (probabilities[left] ?? 0) - (probabilities[right] ?? 0));
  const adjusted: (number | null)[] = probabilities.map(() => null);
  let largest = 0;
  for (const [rank, at] of tested.entries()) {
    largest = Math.max(largest, Math.min(1, (probabilities[at] ?? 1) * (tested.length - rank)));
    adjusted[at] = largest;
  }
  return adjusted;
}
