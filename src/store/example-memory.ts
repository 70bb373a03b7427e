/** About 100 bytes each: some ten megabytes at the most. */
const MOST = 100_000;

/**
 * Which examples a database is known to hold, so that an example evaluated a hundred times is sent once. It may forget at
 * any time, which costs only that the example is sent again; it must not be told of what was rolled back.
 */
export class ExampleMemory {
  private readonly known = new Set<string>();

  has(projectId: string, hash: string): boolean {
    return this.known.has(`${hash} ${projectId}`);
  }

  add(projectId: string, hashes: readonly string[]): void {
    if (this.known.size + hashes.length > MOST) this.known.clear();
    for (const hash of hashes) this.known.add(`${hash} ${projectId}`);
  }

  clear(): void {
    this.known.clear();
  }
}
