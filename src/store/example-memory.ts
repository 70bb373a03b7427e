/** About 100 bytes each: some ten megabytes at the most. */
const MOST = 100_000;

/**
 * Which examples a database is known to hold, so that an example evaluated a hundred times is sent once. It may forget at
 * any time, which costs only that the example is sent again; it must not remember what a rolled back transaction sent.
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

  /** A memory for one transaction, kept when that is committed and dropped with it otherwise. */
  draft(): DraftMemory {
    return new DraftMemory(this);
  }
}

class DraftMemory extends ExampleMemory {
  private readonly added: [projectId: string, hashes: readonly string[]][] = [];

  constructor(private readonly memory: ExampleMemory) {
    super();
  }

  override has(projectId: string, hash: string): boolean {
    return super.has(projectId, hash) || this.memory.has(projectId, hash);
  }

  override add(projectId: string, hashes: readonly string[]): void {
    super.add(projectId, hashes);
    this.added.push([projectId, hashes]);
  }

  keep(): void {
    for (const [projectId, hashes] of this.added) this.memory.add(projectId, hashes);
  }
}
