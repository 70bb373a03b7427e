/** An input or output that a prompt's signature names. */
export interface PromptField {
  readonly name: string;
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
  readonly demos: readonly unknown[];
  readonly fields: readonly PromptField[];
  /** Whether the prompt tells its fields, since some of them say more than their name. */
  readonly listsFields?: boolean;
}
