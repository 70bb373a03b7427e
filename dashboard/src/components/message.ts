/** A message at the corner of the page. */
export interface Message {
  readonly text: string;
  readonly isFailure: boolean;
  /** Milliseconds that it stays; 0 until it is dismissed. */
  readonly timeout: number;
  readonly undo?: () => void;
  /** Runs when the message is gone and its offer was not taken. */
  readonly onEnd?: () => void;
}
