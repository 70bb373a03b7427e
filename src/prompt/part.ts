/** An input or output of a prompt. */
export interface PromptField {
  readonly name: string;
  /** Empty where nobody said more than the name. */
  readonly description: string;
}

/** One prompt of a program. */
export interface PromptPart {
  /** A message of a conversation always goes by its role. */
  readonly kind: 'prompt' | 'message';
  /** Its component, predictor or role; null where the program has one prompt and no name for it. */
  readonly name: string | null;
  /** The instruction; empty where the part is demonstrations only. */
  readonly text: string;
  /** Fields that stand in the prompt; empty where none of them says more than its name. */
  readonly fields: readonly PromptField[];
  readonly demos: readonly unknown[];
  /** What goes in and comes out, as its library writes it beside the prompt; null where it does not. */
  readonly signature: string | null;
}
