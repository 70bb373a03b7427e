import { cpus } from 'node:os';
import { ms, ratio, type Timing, table, timingOf } from '../measure.js';
import type { Counters } from './cost.js';

/** The names of those that are compared, as the tables have them. */
export const NAMES = {
  optrail: 'Optrail',
  runs: 'Optrail, a run each',
  optuna: 'Optuna',
  mlflow: 'MLflow server',
  direct: 'MLflow by URL',
} as const;

export interface Findings {
  trials: number;
  asked: number;
  /** Milliseconds of every trial recorded, by name. */
  recorded: Map<string, number[]>;
  readings: Map<string, Map<string, Timing>>;
  costs: Map<string, Counters>;
}

const PEERS = [NAMES.optuna, NAMES.mlflow, NAMES.direct];

function timingsOf({ recorded, readings }: Findings): Map<string, Map<string, Timing>> {
  const recording = new Map([...recorded].map(([name, times]) => [name, timingOf(times)]));
  return new Map([['record a trial', recording], ...readings]);
}

function timesTable(timings: Map<string, Map<string, Timing>>): string {
  const names = Object.values(NAMES);
  const cell = (timing: Timing | undefined) => (timing === undefined ? '' : `${ms(timing.p50)} / ${ms(timing.p95)}`);
  return table(
    ['ms, p50 / p95', ...names],
    [...timings].map(([what, of]) => [what, ...names.map((name) => cell(of.get(name)))]),
  );
}

function ratiosTable(timings: Map<string, Map<string, Timing>>): string {
  const pairs = [
    ...PEERS.map((peer) => [peer, NAMES.optrail] as const),
    [NAMES.mlflow, NAMES.runs] as const,
    [NAMES.direct, NAMES.runs] as const,
  ];
  const cell = (one: Timing | undefined, other: Timing | undefined) =>
    one === undefined || other === undefined ? '' : ratio(one.p50 / other.p50);
  return table(
    ['p50, peer : Optrail', ...pairs.map(([peer, against]) => `${peer} : ${against}`)],
    [...timings].map(([what, of]) => [what, ...pairs.map(([peer, against]) => cell(of.get(peer), of.get(against)))]),
  );
}

/** How much longer the last tenth of the trials took than the first. */
function growthOf(times: readonly number[]): number {
  const tenth = Math.ceil(times.length / 10);
  return timingOf(times.slice(-tenth)).p50 / timingOf(times.slice(0, tenth)).p50;
}

function costsTable({ costs, recorded }: Findings): string {
  return table(
    ['a trial recorded', 'transactions', 'statements', 'kB on disk', 'last tenth : first tenth, time'],
    [...costs].map(([name, { transactions, statements, bytes }]) => [
      name,
      transactions.toFixed(1),
      statements.toFixed(1),
      (bytes / 1000).toFixed(1),
      ratio(growthOf(recorded.get(name) ?? [])),
    ]),
  );
}

function fasterPeers(timings: Map<string, Map<string, Timing>>): string {
  const faster = [...timings].flatMap(([what, of]) => {
    const own = of.get(NAMES.optrail)?.p50 ?? Number.NaN;
    const quick = PEERS.filter((peer) => (of.get(peer)?.p50 ?? Number.NaN) < own);
    return quick.map((peer) => `- ${what}: ${peer}, ${ratio((of.get(peer)?.p50 ?? Number.NaN) / own)} of Optrail's time`);
  });
  return faster.length === 0 ? 'No peer was faster than Optrail.' : ['Where a peer was faster than Optrail:', '', ...faster].join('\n');
}

const HOW = `How each does it, which is why:

- Optrail: one run, and an iteration for each trial: one round trip, two statements, one transaction. A page
  of iterations is found behind the number where the last one ended, however deep. The history is the iteration's samples. Opened anew is a new client:
  a connection, and a check of the schema's version.
- Optrail, a run each: a run for each trial, created when it begins and updated when it ends. Lists are pages by cursor, the best is
  the first of the leaderboard, and the history is the run's iterations.
- Optuna: ask, three suggestions and tell, with a random sampler. A study keeps finished trials in the memory of its process: a
  list or a history asks the database for what is new only, and sorts and cuts the rest there. Opened anew is \`load_study\`: a
  connection, and a check of the schema's version; a list then reads every trial.
- MLflow server: a child run for each trial, which is five requests by HTTP to \`mlflow server\` (create, parameters, metric, end, and
  a read for the address that MLflow prints). The server holds the connection: a new client opens nothing. Lists are pages by token,
  and a token is an offset. The server has one worker; with its default of four, uvicorn leaves Nagle's algorithm on, and every
  request waits some 40 ms longer (Kludex/uvicorn#3149).
- MLflow by URL: the same calls without the server, from the client's process to the database.`;

export function findingsText(findings: Findings, versions: string): string {
  const { trials, asked } = findings;
  const timings = timingsOf(findings);
  const stopped = trials < asked ? ` Recording was stopped there, before ${asked.toLocaleString('en')}, since its time was up.` : '';
  return [
    `${trials.toLocaleString('en')} trials of three parameters and a score, recorded one by one by one client, into a database each on the same PostgreSQL.${stopped} The tools take turns, and what they answer is checked to be the same.`,
    '',
    `PostgreSQL 18 from npm, fsync off; ${versions}; Node ${process.versions.node}; ${cpus().length} cores. Telemetry off, SQLAlchemy on psycopg2. Trust the ratios, not the milliseconds. Where PostgreSQL syncs, each transaction that writes also waits for the disk.`,
    '',
    timesTable(timings),
    '',
    ratiosTable(timings),
    '',
    costsTable(findings),
    '',
    "Compare the last column down the rows only: the machine's own load changed in that time, too, for all alike.",
    '',
    fasterPeers(timings),
    '',
    HOW,
  ].join('\n');
}
