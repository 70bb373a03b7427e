import { table } from '../measure.js';
import { gate, type Section } from '../report.js';
import { type CellResult, simulate } from './cells.js';
import { gateShares, sequentialShares } from './rules.js';
import { CLIMBS, type Climb, type World } from './worlds.js';

const SIZES: readonly (readonly [n: number, k: number])[] = [
  [20, 5],
  [20, 20],
  [50, 5],
  [50, 20],
  [50, 100],
  [200, 20],
  [200, 100],
  [1_000, 20],
];
/** Sizes that the quick form plays; the others take minutes. */
const QUICK_SIZES = 6;
/** Rounds of each assessment; they tell a limit of a simulation well enough. */
const RESAMPLES = 1_000;
/** Most and fewest runs of a cell. */
const MOST = 2_000;
const FEWEST = 40;

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

/** Whether a share is over its limit beyond the chance of the simulation itself. */
const over = (share: number, limit: number, runs: number) => share - 2 * Math.sqrt((limit * (1 - limit)) / runs) > limit;

const GUARDED: readonly Climb[] = ['greedy', 'gate overlap'];

/** The simulations with known truth that docs/trust.md reports. */
export function benchTrust(isQuick: boolean, note: (text: string) => void): Section {
  const missed: string[] = [];
  const budget = isQuick ? 2e4 : 4e6;
  const sections = [
    nullWorlds(isQuick ? SIZES.slice(0, QUICK_SIZES) : SIZES, budget, missed, note),
    powers(isQuick ? 100 : 1_000, missed, note),
    gates(isQuick ? 500 : 10_000, missed, note),
    looks(isQuick ? 500 : 10_000, missed, note),
  ];
  return { title: 'Trust', text: sections.join('\n\n'), missed };
}

function nullWorlds(sizes: typeof SIZES, budget: number, missed: string[], note: (text: string) => void): string {
  const rows: string[][] = [];
  const all: CellResult[] = [];
  for (const climb of CLIMBS) {
    for (const [n, k] of sizes) {
      for (const binary of [true, false]) {
        note(`${climb}, ${n} examples, ${k} candidates, ${binary ? '0/1' : 'continuous'}`);
        const runs = Math.max(FEWEST, Math.min(MOST, Math.round(budget / (n * k))));
        const cell = simulate({ n, k, climb, binary }, runs, RESAMPLES, 1);
        all.push(cell);
        rows.push(nullRow(cell, missed));
      }
    }
  }
  const total = all.reduce((sum, { runs }) => sum + runs, 0);
  const real = all.reduce((sum, cell) => sum + cell.real * cell.runs, 0) / total;
  const covered = all.reduce((sum, cell) => sum + cell.covered * cell.runs, 0) / total;
  const overall = gate(missed, real <= 0.025, `real over all null worlds ${percent(real)}, limit 2.5%`);
  const head = ['Parents', 'Examples', 'Candidates', 'Scores', 'Runs', 'real', 'naive claim', 'coverage', ''];
  return `Nothing is better than the baseline\n\n${table(head, rows)}\n\nOver all ${total} runs: real in ${percent(real)} (${overall}), coverage ${percent(covered)}.`;
}

function nullRow({ world, runs, real, naive, covered }: CellResult, missed: string[]): string[] {
  const { n, k, climb, binary } = world;
  const name = `${climb}, ${n} x ${k}, ${binary ? '0/1' : 'continuous'}`;
  const limit = GUARDED.includes(climb) ? 0.02 : 0.055;
  const verdicts = [
    gate(missed, !over(real, limit, runs), `${name}: real in ${percent(real)}, limit ${percent(limit)}`),
    gate(missed, !over(1 - covered, 0.07, runs), `${name}: coverage ${percent(covered)}, limit 93%`),
    ...(n >= 50 && k >= 20 ? [gate(missed, naive > 0.1, `${name}: the naive rule claims ${percent(naive)}, which has no teeth`)] : []),
  ];
  const verdict = verdicts.every((each) => each === 'ok') ? 'ok' : 'MISSED';
  return [
    climb,
    String(n),
    String(k),
    binary ? '0/1' : 'continuous',
    String(runs),
    percent(real),
    percent(naive),
    percent(covered),
    verdict,
  ];
}

const POWERS: readonly (readonly [name: string, world: World, least: number])[] = [
  ['one of 20 is better by 0.2', { n: 50, k: 20, climb: 'siblings', binary: true, gain: 0.2, only: 10 }, 0.55],
  ['one of 20 is better by 0.1', { n: 200, k: 20, climb: 'siblings', binary: true, gain: 0.1, only: 10 }, 0.65],
  ['climbs along a Pareto front, half of the edits +0.02', { n: 200, k: 20, climb: 'pareto', binary: true, gain: 0.02, chance: 0.5 }, 0.55],
  ['climbs greedily, a third of the edits +0.05', { n: 200, k: 20, climb: 'greedy', binary: true, gain: 0.05, chance: 0.3 }, 0.75],
];

function powers(runs: number, missed: string[], note: (text: string) => void): string {
  const rows = POWERS.map(([name, world, least]) => {
    note(name);
    const { real, naive } = simulate(world, runs, RESAMPLES, 5);
    const told = gate(missed, !over(1 - real, 1 - least, runs), `${name}: real in ${percent(real)}, at least ${percent(least)}`);
    return [name, String(world.n), String(runs), percent(real), percent(least), percent(naive), told];
  });
  return `Something is better\n\n${table(['World', 'Examples', 'Runs', 'real', 'at least', 'naive claim', ''], rows)}`;
}

function gates(runs: number, missed: string[], note: (text: string) => void): string {
  const rows = [50, 200, 1_000].flatMap((n) =>
    [true, false].map((binary) => {
      note(`gate, ${n} examples, ${binary ? '0/1' : 'continuous'}`);
      const limit = binary ? 0.065 : 0.075;
      const { passed } = gateShares(n, binary, 0.05, runs);
      const { regression } = gateShares(n, binary, 0, runs);
      const told = [
        gate(missed, !over(passed, limit, runs), `gate, n ${n}: a loss of the whole margin passes in ${percent(passed)}`),
        gate(missed, !over(regression, 0.05, runs), `gate, n ${n}: equal prompts are a regression in ${percent(regression)}`),
      ];
      const verdict = told.every((each) => each === 'ok') ? 'ok' : 'MISSED';
      return [String(n), binary ? '0/1' : 'continuous', String(runs), percent(passed), percent(limit), percent(regression), verdict];
    }),
  );
  return `The gate\n\n${table(['Examples', 'Scores', 'Runs', 'a loss of the whole margin passes', 'limit', 'equal prompts are a regression', ''], rows)}`;
}

const LOOKS: readonly (readonly [size: number, differing: number, most: number])[] = [
  [0, 0.2, 2_000],
  [0, 0.5, 2_000],
  [0.1, 0.2, 4_000],
  [0.1, 0.3, 4_000],
  [0.2, 0.4, 2_000],
];

function looks(runs: number, missed: string[], note: (text: string) => void): string {
  const rows = LOOKS.map(([size, differing, most]) => {
    note(`verify, difference ${size}, ${differing} differ`);
    const { real, median, p80 } = sequentialShares(size, differing, most, runs);
    const name = `verify, difference ${size}, ${percent(differing)} differ`;
    const told =
      size === 0
        ? [gate(missed, !over(real, 0.025, runs), `${name}: false real in ${percent(real)}`)]
        : [
            gate(missed, median <= 1, `${name}: median ${median.toFixed(2)} of the fixed plan`),
            gate(missed, p80 <= 1.7, `${name}: 80th percentile ${p80.toFixed(2)} of the fixed plan`),
          ];
    const verdict = told.every((each) => each === 'ok') ? 'ok' : 'MISSED';
    const times = size === 0 ? ['-', '-'] : [median.toFixed(2), p80.toFixed(2)];
    return [String(size), percent(differing), String(runs), percent(real), ...times, verdict];
  });
  const head = ['Difference', 'Examples that differ', 'Runs', 'real', 'median / fixed plan', '80th percentile / fixed plan', ''];
  return `Verify, with a look after every pair\n\n${table(head, rows)}`;
}
