import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { MIGRATIONS } from '../../src/database/migrations.generated.js';
import { startServer } from '../../test/support/postgres.js';
import type { Timing } from '../measure.js';
import type { Section } from '../report.js';
import { readInTurn, readingsOf, recordInTurn } from './compare.js';
import { countersOf, perTrial } from './cost.js';
import { type PythonEnvironment, versionsOf } from './environment.js';
import { type Findings, findingsText, NAMES } from './findings.js';
import { startMlflow } from './mlflow-server.js';
import { iterationsPeer, runsPeer } from './optrail-peers.js';
import { pythonPeer } from './python-peer.js';
import { MOST_TRIALS, type Peer } from './trials.js';

export const FULL_TRIALS = 5000;
const FEWEST_TRIALS = 200;
/** Recording stops here at the trial it has come to: with the reading, all is done in three quarters of an hour. */
const RECORDING_MINUTES = 30;

const DATABASES = new Map<string, string>([
  [NAMES.optrail, 'iterations'],
  [NAMES.runs, 'runs'],
  [NAMES.optuna, 'optuna'],
  [NAMES.mlflow, 'mlflow'],
  [NAMES.direct, 'mlflow_direct'],
]);

/** Optuna and MLflow beside Optrail, on the same work and the same PostgreSQL. Its limits are none: what it finds is reported. */
export async function benchPeers(environment: PythonEnvironment, trials: number, note: (text: string) => void): Promise<Section> {
  if (!Number.isInteger(trials) || trials < FEWEST_TRIALS || trials > MOST_TRIALS)
    throw new Error(`--trials must be a whole number from ${FEWEST_TRIALS} to ${MOST_TRIALS}.`);
  const versions = await versionsOf(environment, ['Optuna', 'MLflow', 'SQLAlchemy', 'psycopg2-binary']);

  const closers: (() => unknown)[] = [];
  // A process that a signal ends runs no exit handlers, and they end what was started: mlflow does not hear of Ctrl-C itself.
  const interrupted = () => process.exit(130);
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const text = findingsText(await compared(environment, trials, closers, note), versions);
    const title = 'Peers on the same work';
    if (trials === FULL_TRIALS) writeFileSync(new URL('../peers.md', import.meta.url), `# ${title}\n\n${text}\n`);
    return { title, text, missed: [] };
  } finally {
    // Last in, first out: a peer before its server, and that before PostgreSQL.
    for (const close of closers.reverse()) await close();
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}

/** An empty database for each, on a server of their own. */
async function databases(closers: (() => unknown)[]) {
  // Vacuum is on, as on a server that people use: without it the peers would be planned for without statistics.
  const server = await startServer(18, { shared_buffers: '1GB', 'pg_stat_statements.max': '20000' });
  closers.push(() => server.stop());
  const admin = new pg.Pool({ connectionString: server.url });
  // The server may stop while a connection is still saying goodbye.
  admin.on('error', () => {});
  closers.push(() => admin.end());
  await admin.query('create extension pg_stat_statements');
  for (const database of DATABASES.values()) await admin.query(`create database ${database}`);
  const urlOf = (name: string) => server.url.replace(/\/postgres$/, `/${DATABASES.get(name)}`);
  return { admin, urlOf, pythonUrlOf: (name: string) => urlOf(name).replace(/^postgresql:/, 'postgresql+psycopg2:') };
}

async function runAlone(url: string, statements: readonly string[]): Promise<void> {
  const pool = new pg.Pool({ connectionString: url });
  for (const sql of statements) await pool.query(sql);
  await pool.end();
}

async function compared(
  environment: PythonEnvironment,
  asked: number,
  closers: (() => unknown)[],
  note: (text: string) => void,
): Promise<Findings> {
  const directory = mkdtempSync(join(tmpdir(), 'optrail-peers-work-'));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const { admin, urlOf, pythonUrlOf } = await databases(closers);
  const peers: Peer[] = [];
  const add = (peer: Peer) => {
    peers.push(peer);
    closers.push(() => peer.close());
  };
  note('peers: starting');
  for (const name of [NAMES.optrail, NAMES.runs])
    await runAlone(
      urlOf(name),
      MIGRATIONS.map(({ sql }) => sql),
    );
  add(await iterationsPeer(NAMES.optrail, urlOf(NAMES.optrail)));
  add(await runsPeer(NAMES.runs, urlOf(NAMES.runs)));
  const python = async (name: string, script: string, uri: string, reopens: boolean) =>
    add(await pythonPeer(environment, { name, script, uri, reopens, directory }));
  await python(NAMES.optuna, 'optuna_peer.py', pythonUrlOf(NAMES.optuna), true);
  const mlflow = await startMlflow(environment, pythonUrlOf(NAMES.mlflow), directory);
  closers.push(() => mlflow.stop());
  await python(NAMES.mlflow, 'mlflow_peer.py', mlflow.uri, true);
  // MLflow keeps one store for each URL in a process: there is no opening it anew.
  await python(NAMES.direct, 'mlflow_peer.py', pythonUrlOf(NAMES.direct), false);

  note('peers: recording');
  const names = [...DATABASES.values()];
  const before = await countersOf(admin, names);
  const { trials, times } = await recordInTurn(peers, asked, Date.now() + RECORDING_MINUTES * 60_000, note);
  const after = await countersOf(admin, names);
  const costs = new Map([...DATABASES].map(([name, database]) => [name, perTrial(before.get(database), after.get(database), trials)]));

  note('peers: reading');
  for (const name of DATABASES.keys()) await runAlone(urlOf(name), ['vacuum analyze']);
  const rounds = trials < FULL_TRIALS ? 15 : 50;
  const readings = new Map<string, Map<string, Timing>>();
  for (const reading of readingsOf(trials)) {
    readings.set(reading.name, await readInTurn(peers, reading, reading.reopen ? 15 : rounds));
  }
  return { trials, asked, recorded: times, readings, costs };
}
