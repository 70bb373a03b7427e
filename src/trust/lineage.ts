/** Parents of each program by index; empty if they are unknown. */
export type ParentLists = readonly (readonly number[])[];

/** Each program after its parents, otherwise in the order given. Null if a program descends from itself. */
export function topologicalOrder(parents: ParentLists): number[] | null {
  const [order, state] = [[] as number[], new Uint8Array(parents.length)];
  for (let root = 0; root < parents.length; root++) {
    const stack = [root];
    while (stack.length > 0) {
      const at = stack[stack.length - 1] as number;
      if (state[at] === 2) {
        stack.pop();
        continue;
      }
      const waiting = (parents[at] ?? []).filter((parent) => state[parent] !== 2);
      if (waiting.some((parent) => state[parent] === 1)) return null;
      state[at] = 1;
      if (waiting.length > 0) stack.push(...waiting.reverse());
      else {
        state[at] = 2;
        order.push(at);
        stack.pop();
      }
    }
  }
  return order;
}
