/** Milliseconds that a long computation may hold the thread at a stretch. */
const LENGTH = 4;

/** Gives the event loop a turn. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

/** Cuts a long computation into turns: the thread is the optimizer's own. `if (turn.isOver()) await turn.next()` */
export class TimeSlice {
  private end = performance.now() + LENGTH;

  isOver(): boolean {
    return performance.now() >= this.end;
  }

  async next(): Promise<void> {
    await yieldToEventLoop();
    this.end = performance.now() + LENGTH;
  }
}
