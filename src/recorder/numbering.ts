import { OptrailError } from '../errors.js';
import type { Warnings } from './warnings.js';

const LARGEST = 2_147_483_647;

/** Hands out whole numbers from 0 up; one that is asked for moves the count on. */
export class Numbering {
  private next = 0;

  constructor(
    private readonly what: string,
    private readonly strict: boolean,
    private readonly warnings: Warnings,
  ) {}

  /** Notes that a number was used before. */
  pass(number: number): void {
    this.next = Math.max(this.next, number + 1);
  }

  /** A number that cannot be one is replaced by the next free one, or refused in a strict run (`invalid_input`). */
  take(asked: number | undefined): number {
    const number = asked === undefined ? this.next : this.checked(asked);
    this.pass(number);
    return number;
  }

  private checked(asked: number): number {
    if (Number.isInteger(asked) && asked >= 0 && asked <= LARGEST) return asked;
    const message = `${this.what} must be a whole number from 0 up, not ${String(asked)}`;
    if (this.strict) throw new OptrailError('invalid_input', message, { path: this.what });
    this.warnings.warn(this.what, `${message}; it is stored as ${this.next}`);
    return this.next;
  }
}
