import { readFileSync } from 'node:fs';

/** Milliseconds of work that this thread, and no other of the process, has done. */
export function threadTime(): number {
  try {
    // The main thread's number is the process's. Node itself tells a thread's time from version 23.9 on.
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    // Outside Linux: time in which the event loop did not wait, which a busy machine makes longer.
    return performance.eventLoopUtilization().active;
  }
}

/** Runs `work` and resolves to the longest time in milliseconds for which the event loop did not come round. */
export async function longestSlice(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let over = false;
  let last = performance.now();
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!over) setImmediate(look);
  };
  setImmediate(look);
  await work();
  look();
  over = true;
  return longest;
}

/** Runs `work` and resolves to how late a timer was, in milliseconds, each time it was due. */
export async function lateness(work: () => Promise<unknown>): Promise<number[]> {
  const EVERY = 2;
  const late: number[] = [];
  let due = performance.now() + EVERY;
  let timer: NodeJS.Timeout;
  const tick = (): void => {
    const now = performance.now();
    late.push(Math.max(0, now - due));
    due = now + EVERY;
    timer = setTimeout(tick, EVERY);
  };
  timer = setTimeout(tick, EVERY);
  await work();
  clearTimeout(timer);
  return late;
}
