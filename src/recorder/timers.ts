const LONGEST = 2_147_483_647;

export type Timer = ReturnType<typeof setTimeout>;

/** A timer that fires after `ms` and does not keep the process alive where the runtime has a say in that. */
export function quietTimeout(action: () => void, ms: number): Timer {
  return quiet(setTimeout(action, Math.min(ms, LONGEST)));
}

/** Like {@link quietTimeout}, again and again. */
export function quietInterval(action: () => void, ms: number): Timer {
  return quiet(setInterval(action, Math.min(ms, LONGEST)));
}

/**
 * Waits for `work`, `ms` at most; whether it ended in time. The timer keeps the process alive: somebody awaits the answer, and
 * behind quiet timers alone Node would exit in the middle of that await.
 */
export async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: Timer | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.min(ms, LONGEST));
  });
  const done = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

function quiet(timer: Timer): Timer {
  // Browsers and some edge runtimes hand out a number.
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
