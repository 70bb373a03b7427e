/** About 100 bytes each: some ten megabytes at the most. */
const MOST = 100_000;

/**
 * Which examples a database is known to hold, so that an example evaluated a hundred times is sent once. It may forget at
 * any time, which costs only that the example is sent again; it must not be told of what was rolled back.
 */
export class ExampleMemory {
  /** By project: a key of project and hash together would have to be written for each question. */
  private readonly known = new Map<string, Set<string>>();
  private size = 0;

  has(projectId: string, hash: string): boolean {
    return this.known.get(projectId)?.has(hash) ?? false;
  }

  add(projectId: string, hashes: readonly string[]): void {
    if (this.size + hashes.length > MOST) this.clear();
    const ours = this.known.get(projectId) ?? new Set();
    this.known.set(projectId, ours);
    for (const hash of hashes) ours.add(hash);
    this.size += hashes.length;
  }

  clear(): void {
    this.known.clear();
    this.size = 0;
  }
}
