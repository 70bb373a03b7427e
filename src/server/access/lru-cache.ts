/** Values by name, the most recently used ones: of more than `most`, the one that was longest unused goes. */
export class Recent<Value> {
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
    // A Map keeps the order in which its names came: what is used comes anew.
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
