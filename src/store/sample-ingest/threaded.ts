import type { Database } from '../../database/port.js';
import type { SampleBatchResult } from '../../schemas/sample.js';
import { ExampleMemory } from './example-memory.js';
import { charactersAbout, partsOf } from './parts.js';
import { type BatchCall, type SampleStorage, SamplesHere } from './storage.js';
import { NotThere, SampleThread } from './thread.js';

/** What a batch must hold to be worth a thread. */
interface Worth {
  /** So many samples, or so many characters. */
  samples: number;
  characters: number;
  /** And so many characters a sample: the way to another thread takes longer than checking and hashing less. */
  each: number;
}

/** A thread takes a few hundred milliseconds to start, and 27 MB. */
const WORTH: Worth = { samples: 100, characters: 256 * 1024, each: 512 };

/**
 * Has samples checked, hashed and stored by a thread of its own, which costs the caller's thread about what writing them as JSON would.
 * The first batch that is worth it starts it; from then on it has them all, so that each example is sent once. What cannot go to
 * another thread is stored on this one: what goes through a caller's own pool, and objects that would arrive as something else.
 * Why: docs/decisions/0012-a-thread-for-samples.md.
 */
export class SamplesOnThread implements SampleStorage {
  readonly #memory = new ExampleMemory();
  readonly #here = new SamplesHere(this.#memory);
  /** Null where there is none to be had. */
  #thread: SampleThread | null | undefined;

  constructor(private readonly worth = WORTH) {}

  async store(batch: readonly unknown[], call: BatchCall): Promise<SampleBatchResult> {
    const parts = this.#isWorth(batch) ? await partsOf(batch) : null;
    if (parts === null) return this.#here.store(batch, call);
    try {
      return await call.use((database) => this.#threadFor(database).store(parts, call.identity, call.signal));
    } catch (error) {
      if (!(error instanceof NotThere)) throw error;
      // Whatever of the batch is stored already changes nothing.
      return this.#here.store(batch, call);
    }
  }

  async close(): Promise<void> {
    await this.#thread?.close();
  }

  #isWorth(batch: readonly unknown[]): boolean {
    if (batch.length === 0 || this.#thread === null) return false;
    if (this.#thread !== undefined) return true;
    const about = charactersAbout(batch);
    const { samples, characters, each } = this.worth;
    return about >= batch.length * each && (batch.length >= samples || about >= characters);
  }

  #threadFor({ elsewhere }: Database): SampleThread {
    if (this.#thread === undefined) this.#thread = elsewhere && SampleThread.start(elsewhere, this.#memory.all);
    if (this.#thread?.isOver) this.#thread = null;
    if (this.#thread === null) throw new NotThere('There is no thread.');
    return this.#thread;
  }
}
