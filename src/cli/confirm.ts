import type { Context } from './context.js';
import { plainLine } from './format/plain.js';

/** Something that cannot be taken back. */
export interface Deed<Plan> {
  /** The command itself, for the hint that repeats it. */
  command: string;
  /** What it comes to, for programs. */
  plan: Plan;
  /** The same for people, as a sentence that begins with `This would`. */
  preview: string;
  /** What is said when it was done. */
  done: string;
  act(): Promise<unknown>;
}

/** Does it with `--yes`; without, says what it would do. Programs learn from `done` which of the two it was. */
export async function withConsent<Plan extends object>(
  { output, typed }: Context,
  yes: true | undefined,
  { command, plan, preview, done, act }: Deed<Plan>,
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
