const endings = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls back when the server's signal fires. All streams share one listener: Node warns of many on one signal. Returns the function that unsubscribes. */
export function onceAborted(signal: AbortSignal, end: () => void): () => void {
  const known = endings.get(signal) ?? new Set();
  if (!endings.has(signal)) {
    endings.set(signal, known);
    const endAll = (): void => {
      for (const each of [...known]) each();
    };
    signal.addEventListener('abort', endAll, { once: true });
  }
  known.add(end);
  return () => known.delete(end);
}
