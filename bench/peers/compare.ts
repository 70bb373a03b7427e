import { isDeepStrictEqual } from 'node:util';
import { type Timing, timingOf } from '../measure.js';
import { HISTORY, LIST, type Peer, scoreOf, type Work, type Works } from './trials.js';

const TURN = 20;
/** The trial whose history is read: it has 20 values beside its score, and recording it is not timed. */
const WITH_HISTORY = 100;

export interface Recorded {
  trials: number;
  /** Milliseconds of every trial, by the name of the peer. */
  times: Map<string, number[]>;
}

/** Milliseconds of each of these trials. */
async function record(peer: Peer, from: number, to: number): Promise<number[]> {
  const times: number[] = [];
  for (let trial = from; trial < to; trial += 1) {
    const hasHistory = trial === WITH_HISTORY;
    const { ms } = await peer.ask('record', [trial, hasHistory ? HISTORY : []]);
    if (!hasHistory) times.push(ms);
  }
  return times;
}

/**
 * The same trials into every peer one by one, some to each in turn, so that a slow moment of the machine falls on all of them.
 * Where time runs out, it runs out for all at the same trial.
 */
export async function recordInTurn(peers: readonly Peer[], trials: number, until: number, note: (text: string) => void): Promise<Recorded> {
  const times = new Map(peers.map(({ name }): [string, number[]] => [name, []]));
  let recorded = 0;
  while (recorded < trials && (recorded <= WITH_HISTORY || Date.now() < until)) {
    const next = Math.min(recorded + TURN, trials);
    for (const peer of peers) times.get(peer.name)?.push(...(await record(peer, recorded, next)));
    recorded = next;
    if (recorded % 500 === 0) note(`${recorded} trials`);
  }
  return { trials: recorded, times };
}

/** What is read, what every peer has to answer, and whether the opening of a new handle is part of it. */
export interface Reading<W extends Work = Work> {
  name: string;
  work: W;
  parameters: Works[W]['arguments'];
  expected: Works[W]['answer'];
  reopen: boolean;
}

export function readingsOf(trials: number): Reading[] {
  const newest = Array.from({ length: trials }, (_, index) => trials - 1 - index);
  const deep = Math.floor(trials * 0.8);
  const best = newest.reduce((one, other) => (scoreOf(other) > scoreOf(one) ? other : one));
  const reading = <W extends Work>(
    name: string,
    work: W,
    parameters: Works[W]['arguments'],
    expected: Works[W]['answer'],
    reopen = false,
  ) => ({ name, work, parameters, expected, reopen }) as Reading;
  return [
    reading('the best', 'best', [], best),
    reading('the last 20', 'last', [LIST], newest.slice(0, LIST)),
    reading(`20 after the newest ${deep.toLocaleString('en')}`, 'page', [deep, LIST], newest.slice(deep, deep + LIST)),
    reading("one trial's history of 20 values", 'history', [WITH_HISTORY], [...HISTORY]),
    reading('opened anew: the best', 'best', [], best, true),
    reading('opened anew: the last 20', 'last', [LIST], newest.slice(0, LIST), true),
  ];
}

/** Reads by all peers in turn, as often as said after one that is not counted, and checks that all found the same. */
export async function readInTurn(
  peers: readonly Peer[],
  { name, work, parameters, expected, reopen }: Reading,
  rounds: number,
): Promise<Map<string, Timing>> {
  const able = peers.filter(({ reopens }) => reopens || !reopen);
  const times = new Map(able.map((peer): [string, number[]] => [peer.name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const peer of able) {
      const { ms, answer } = await peer.ask(work, parameters, reopen);
      if (!isDeepStrictEqual(answer, expected)) {
        throw new Error(`${peer.name} answered ${JSON.stringify(answer)} to "${name}"; it is ${JSON.stringify(expected)}.`);
      }
      if (round >= 0) times.get(peer.name)?.push(ms);
    }
  }
  return new Map([...times].map(([peer, values]) => [peer, timingOf(values)]));
}
