/** Which requests are done with. Most are acknowledged in their order, so that a number stands for all of them. */
export class Tally {
  private readonly rejections = new Set<number>();
  private readonly ahead = new Set<number>();
  private floor = 0;

  get rejected(): number {
    return this.rejections.size;
  }

  acknowledge(sequence: number): void {
    this.rejections.delete(sequence);
    if (sequence > this.floor) this.ahead.add(sequence);
    this.advance();
  }

  reject(sequence: number): void {
    this.rejections.add(sequence);
    this.advance();
  }

  isAcknowledged(sequence: number): boolean {
    return !this.rejections.has(sequence) && (sequence <= this.floor || this.ahead.has(sequence));
  }

  isRejected(sequence: number): boolean {
    return this.rejections.has(sequence);
  }

  isSettled(sequence: number): boolean {
    return this.isRejected(sequence) || this.isAcknowledged(sequence);
  }

  private advance(): void {
    while (this.ahead.delete(this.floor + 1) || this.rejections.has(this.floor + 1)) this.floor += 1;
  }
}
