import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const TWO_TO_32 = 4_294_967_296;

/** Seeded random numbers: the same seed gives the same numbers on every machine. */
export class SeededRandom {
  private readonly generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  /** 32 random bits, as a signed integer. */
  bits(): number {
    return this.generator.next();
  }

  /** A number from 0 up to 1, without 1. */
  uniform(): number {
    return (this.generator.next() >>> 0) / TWO_TO_32;
  }

  /** An integer from 0 up to `count`, without `count`. */
  below(count: number): number {
    return Math.floor(((this.generator.next() >>> 0) / TWO_TO_32) * count);
  }
}

/** FNV-1a of a text, as 32 bits: turns a run's id into the seed that every caller shares. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash | 0;
}
