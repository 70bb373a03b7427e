import type { Context } from './context.js';
import { plainLine } from './format/plain.js';

/** A change that cannot be undone, and the words for it. */
export interface Confirmation<Plan> {
  /** The command itself, for the hint that repeats it. */
  command: string;
  /** The effect, as JSON for programs. */
  plan: Plan;
  /** The same for people, as a sentence that begins with `This would`. */
  preview: string;
  /** The note after the change. */
  done: string;
  act(): Promise<unknown>;
}

/** Makes the change with `--yes`. Without it, prints the effect; the JSON says in `done` which of the two happened. */
export async function withConfirmation<Plan extends object>(
  { output, typed }: Context,
  yes: true | undefined,
  { command, plan, preview, done, act }: Confirmation<Plan>,
): Promise<void> {
  if (yes === true) await act();
  const answer = { ...plan, done: yes === true };
  if (!output.forPeople) {
    const columns = Object.entries(answer).map(([key, value]) => ({
      key,
      title: key,
      value: () => value as string | number | boolean | null,
    }));
    await output.list(columns, [answer], answer);
    return;
  }
  if (yes === true) output.note(done);
  else await output.lines([preview, `Nothing was changed: ${plainLine(typed(`${command} --yes`))} does it.`]);
}
