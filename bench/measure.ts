import { performance } from 'node:perf_hooks';

export interface Timing {
  p50: number;
  p95: number;
}

/** The value below which the given share of the sorted values lies (nearest rank). */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export function timingOf(milliseconds: readonly number[]): Timing {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export interface Case {
  name: string;
  run: () => Promise<unknown>;
}

/**
 * Times several cases in turn, A B C A B C ..., so that a slow moment of the machine falls on all of them and their ratios
 * hold. The first rounds warm caches and plans and are not counted.
 */
export async function inTurn(cases: readonly Case[], rounds: number, warmUp = Math.ceil(rounds / 10)): Promise<Map<string, Timing>> {
  const times = new Map<string, number[]>(cases.map(({ name }) => [name, []]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const { name, run } of cases) {
      const took = await timed(run);
      if (round >= 0) times.get(name)?.push(took);
    }
  }
  return new Map([...times].map(([name, values]) => [name, timingOf(values)]));
}

export const ms = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));
export const ratio = (value: number): string => `${value.toFixed(2)} x`;

/** A Markdown table, columns padded so that it also reads in a terminal. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, 3, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) => `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(header), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}
