import type { AxFeedback } from './surface.js';

/** What the user's feedback function said of each prediction, in Ax's own calls of it: it is never called for our sake. */
export class FeedbackNotes {
  private readonly texts = new WeakMap<object, Set<string>>();

  /** The same function, listened to; what it throws, it still throws. */
  hear(feedbackFn: AxFeedback): AxFeedback {
    return (args) => {
      const said = feedbackFn(args);
      this.note(args.prediction, said);
      return said;
    };
  }

  /** Everything said of this prediction, a line each; several components may have asked. */
  on(prediction: unknown): string | undefined {
    const texts = isObject(prediction) ? this.texts.get(prediction) : undefined;
    return texts && [...texts].join('\n');
  }

  private note(prediction: unknown, said: string | string[] | undefined): void {
    if (!said || !isObject(prediction)) return;
    const texts = this.texts.get(prediction) ?? new Set();
    for (const text of [said].flat()) texts.add(String(text));
    this.texts.set(prediction, texts);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
