/** Kinds of problem said in one run. Their texts may hold what the caller's code threw, so that there may be any number. */
const MOST_KINDS = 50;

export type OnWarning = (message: string) => void;

/** Says each kind of problem once a run, so that a fault repeated ten thousand times does not drown the terminal. */
export class Warnings {
  private readonly said = new Set<string>();
  private readonly speak: OnWarning;

  constructor(onWarning: OnWarning | undefined) {
    this.speak = onWarning ?? ((message) => console.warn(`optrail: ${message}`));
  }

  warn(kind: string, message: string): void {
    if (this.said.has(kind) || this.said.size >= MOST_KINDS) return;
    this.said.add(kind);
    try {
      this.speak(message);
    } catch {
      // A listener that fails must not stop the run, and there is nobody left to tell.
    }
  }
}

/** The text of whatever was thrown, even where asking for it throws again. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'an error that cannot be read';
  }
}
