/** An input or output of a prompt. */
export interface PromptField {
  readonly name: string;
  /** Empty if the program says no more than the name. */
  readonly description: string;
}

/** One prompt of a program. */
export interface PromptPart {
  /** A message of a conversation is named by its role. A structure is not prompt text: its `text` is JSON. */
  readonly kind: 'prompt' | 'message' | 'structure';
  /** Its component, predictor, member or role; null if the program has one prompt and no name for it. */
  readonly name: string | null;
  /** The instruction, or other structure as JSON; empty if the part is demonstrations only. */
  readonly text: string;
  /** Fields that stand in the prompt; empty if none of them says more than its name. */
  readonly fields: readonly PromptField[];
  readonly demos: readonly unknown[];
  /** Inputs and outputs as the library writes them beside the prompt; null if it does not. */
  readonly signature: string | null;
}
