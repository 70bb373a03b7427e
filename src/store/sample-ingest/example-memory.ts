import type { JsonObject, JsonValue } from '../../schemas/json.js';
import { type Content, contentOf } from '../content.js';
import { ContentTrie } from './content-trie.js';

/** About 100 bytes each: some ten megabytes at the most. */
const MOST = 100_000;

/** What a sample was evaluated on, either part of which may be absent. */
export interface Example {
  input?: JsonValue | undefined;
  expectedOutput?: JsonValue | undefined;
}

export function exampleContent({ input, expectedOutput }: Example): Content {
  const example: JsonObject = {};
  if (expectedOutput !== undefined) example.expectedOutput = expectedOutput;
  if (input !== undefined) example.input = input;
  return contentOf(example);
}

/** By project, the hashes of examples that the database is known to hold. */
export type KnownExamples = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * What is known of examples, so that one evaluated a hundred times is hashed once and sent once. It may forget at any time, which
 * costs only that the work is done again; it must not be told of what was rolled back.
 */
export class ExampleMemory {
  private readonly known = new Map<string, Set<string>>();
  private count = 0;
  private readonly hashes = new ContentTrie();

  /** @param known what another memory knew */
  constructor(known: KnownExamples = new Map()) {
    for (const [projectId, hashes] of known) this.add(projectId, [...hashes]);
  }

  get all(): KnownExamples {
    return this.known;
  }

  /** The hash under which the example is stored; its text too, where that had to be made. */
  contentOf(example: Example): Pick<Content, 'hash'> & Partial<Content> {
    let made: Content | undefined;
    const hash = this.hashes.hashOf([example.input, example.expectedOutput], () => {
      made = exampleContent(example);
      return made.hash;
    });
    return made ?? { hash };
  }

  has(projectId: string, hash: string): boolean {
    return this.known.get(projectId)?.has(hash) ?? false;
  }

  add(projectId: string, hashes: readonly string[]): void {
    if (hashes.length === 0) return;
    this.count += hashes.length;
    if (this.count > MOST) this.clear();
    const known = this.known.get(projectId) ?? new Set();
    for (const hash of hashes) known.add(hash);
    this.known.set(projectId, known);
  }

  /** Forgets what is stored; what a content hashes to stays true. */
  clear(): void {
    this.known.clear();
    this.count = 0;
  }
}
