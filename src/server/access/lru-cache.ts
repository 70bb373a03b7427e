/** A cache of at most `most` values by name; the least recently used one is evicted. */
export class LruCache<Value> {
  readonly #values = new Map<string, Value>();

  constructor(private readonly most: number) {}

  get size(): number {
    return this.#values.size;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get(name: string): Value | undefined {
    const value = this.#values.get(name);
    // A Map keeps insertion order: a used value is inserted again.
    if (value !== undefined) this.set(name, value);
    return value;
  }

  set(name: string, value: Value): void {
    this.#values.delete(name);
    this.#values.set(name, value);
    if (this.#values.size <= this.most) return;
    const [oldest] = this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  delete(name: string): void {
    this.#values.delete(name);
  }

  deleteWhere(matches: (value: Value) => boolean): void {
    for (const [name, value] of this.#values) if (matches(value)) this.#values.delete(name);
  }
}
