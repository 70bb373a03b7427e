/** Programs by their mean, the best first; of two with the same mean the earlier comes first. */
export class Ranking {
  private readonly order: number[] = [];
  private readonly means: number[] = [];

  get size(): number {
    return this.order.length;
  }

  /** Mean of the best; undefined if nothing is ranked. */
  get top(): number | undefined {
    return this.means[0];
  }

  clear(): void {
    this.order.length = 0;
    this.means.length = 0;
  }

  add(program: number, mean: number): void {
    let [low, high] = [0, this.means.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.means[middle] as number) >= mean) low = middle + 1;
      else high = middle;
    }
    this.means.splice(low, 0, mean);
    this.order.splice(low, 0, program);
  }

  rankOf(program: number): number {
    return this.order.indexOf(program);
  }

  at(rank: number): number {
    return this.order[Math.min(rank, this.order.length - 1)] ?? 0;
  }
}
