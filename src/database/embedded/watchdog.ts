/** In how many pieces a limit is counted. */
const STEPS = 20;

/**
 * Calls back once this process has been awake for so many milliseconds, and returns what calls it off.
 * A process that was stopped, or a machine that slept, finds an engine that stood still for as long: such a time counts as
 * one step, since an interval that was missed many times comes once.
 */
export function afterAwake(milliseconds: number, then: () => void): () => void {
  let left = STEPS;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    then();
  }, milliseconds / STEPS);
  return () => clearInterval(timer);
}
