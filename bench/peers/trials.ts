/** What each peer can be asked to do. A trial is known by its number, and lists are newest first. */
export interface Works {
  record: { arguments: [trial: number, history: readonly number[]]; answer: null };
  best: { arguments: []; answer: number };
  last: { arguments: [count: number]; answer: number[] };
  page: { arguments: [offset: number, count: number]; answer: number[] };
  history: { arguments: [trial: number]; answer: number[] };
}
export type Work = keyof Works;

export interface Done<W extends Work> {
  ms: number;
  answer: Works[W]['answer'];
}

export interface Peer {
  name: string;
  /** Whether opening what is stored anew is something that a program does with it, and that can be measured in one process. */
  reopens: boolean;
  /** `reopen` counts the opening of a new handle as part of the work. */
  ask<W extends Work>(work: W, parameters: Works[W]['arguments'], reopen?: boolean): Promise<Done<W>>;
  close(): Promise<void>;
}

const PRIME = 10_007;
/** Above it two trials would score the same, and there would be no one best. */
export const MOST_TRIALS = PRIME - 1;
export const HISTORY = Array.from({ length: 20 }, (_, step) => step / 20);
export const LIST = 20;

/** work.py has the same formula. */
export const scoreOf = (trial: number): number => ((trial * 7919) % PRIME) / PRIME;

export const paramsOf = (trial: number) => ({
  temperature: (trial % 11) / 10,
  layers: (trial % 9) + 1,
  style: ['terse', 'worked example', 'step by step'][trial % 3],
});
