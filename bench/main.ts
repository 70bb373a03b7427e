/*
 * npm run bench [-- --quick] [--peers] [--only recording,samples,thread,reading,peers]: makes its own PostgreSQL, measures through the
 * SDK, prints tables, writes bench/results.md (the whole bench only) and exits 3 where a limit is missed.
 * With --server it measures the server, and writes bench/server.md (without --quick).
 * With --hostile a tenant attacks the server: memory, processor time and the latency of another tenant.
 * With --dashboard it measures the built dashboard in Chromium, and nothing else.
 * With --trust it simulates optimizers with known truth, and counts what the verdicts claim of them.
 * With --faults it breaks things instead, and counts what is lost; `--only blackhole` is then the faults with that word in their name.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { MIGRATIONS } from '../src/database/migrations.generated.js';
import { startServer } from '../test/support/postgres.js';
import { benchDashboard } from './dashboard.js';
import { FULL, SMALL } from './dataset.js';
import { benchFaults } from './faults.js';
import { table } from './measure.js';
import { benchPeers, FULL_TRIALS } from './peers/bench.js';
import { pythonEnvironment } from './peers/environment.js';
import { readAt, readingSection } from './reading.js';
import { benchRecording } from './recording.js';
import { refreshRow } from './refresh.js';
import type { Section } from './report.js';
import { benchSamples } from './samples.js';
import { benchServer } from './server/bench.js';
import { benchHostile } from './server/hostile.js';
import { benchThread } from './thread.js';
import { benchTrust } from './trust/bench.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    faults: { type: 'boolean', default: false },
    server: { type: 'boolean', default: false },
    hostile: { type: 'boolean', default: false },
    dashboard: { type: 'boolean', default: false },
    trust: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const note = (text: string) => process.stderr.write(`${text}\n`);

if (options.trust) {
  const { text, missed } = benchTrust(options.quick, note);
  process.stdout.write(`${text}\n${missed.map((each) => `MISSED: ${each}\n`).join('')}`);
  process.exit(missed.length === 0 ? 0 : 3);
}

const wanted = options.dashboard ? ['dashboard'] : (options.only?.split(',') ?? []);
// First, so that a machine without Python hears of it at once.
const python = options.peers || wanted.includes('peers') ? await pythonEnvironment(note) : undefined;

const server = await startServer(18, { shared_buffers: '1GB', max_wal_size: '8GB', maintenance_work_mem: '256MB', autovacuum: 'off' });
const admin = new pg.Pool({ connectionString: server.url });
// The server may stop while a connection is still saying goodbye.
admin.on('error', () => {});

async function within<T>(name: string, work: (url: string, pool: pg.Pool) => Promise<T>): Promise<T> {
  await admin.query(`create database ${name}`);
  const url = server.url.replace(/\/postgres$/, `/${name}`);
  const pool = new pg.Pool({ connectionString: url });
  // Dropping the database by force ends connections that are still saying goodbye.
  pool.on('error', () => {});
  for (const { sql } of MIGRATIONS) await pool.query(sql);
  try {
    return await work(url, pool);
  } finally {
    await pool.end();
    await admin.query(`drop database ${name} with (force)`);
  }
}

if (options.faults) {
  const { text, missed } = await benchFaults(within, { isQuick: options.quick, only: options.only }, note).finally(async () => {
    await admin.end();
    await server.stop();
  });
  process.stdout.write(`${text}\n`);
  process.exit(missed.length === 0 ? 0 : 3);
}

async function reading(): Promise<Section[]> {
  const rounds = options.quick ? 40 : 200;
  note('reading 10,000 runs');
  const small = await within('reading_small', (url, pool) => readAt(url, pool, SMALL, rounds, note));
  const refresh = [refreshRow('10,000 runs', small.refresh)];
  let section = readingSection(small, SMALL.runs, undefined);
  if (!options.quick) {
    note('reading 1,000,000 runs; making them takes some minutes');
    const full = await within('reading_full', (url, pool) => readAt(url, pool, FULL, rounds, note));
    section = readingSection(full, FULL.runs, small);
    refresh.push(refreshRow('1,000,000 runs', full.refresh));
  }
  const title = 'Analytics refresh after 1,000 runs changed (ms)';
  return [section, { title, text: table(['', 'the newest', 'random ones', 'none', 'a full recount by GROUP BY'], refresh), missed: [] }];
}

const PARTS: Record<string, () => Promise<Section[]>> = {
  recording: async () => [await within('recording', (url, pool) => benchRecording(url, pool, options.quick))],
  samples: async () => [await within('samples', benchSamples)],
  thread: async () => [await within('thread', (url) => benchThread(url, options.quick ? 8 : 60))],
  reading,
  // It needs a browser and a build.
  ...(options.dashboard ? { dashboard: async () => [await within('dashboard', benchDashboard)] } : {}),
  ...(python === undefined ? {} : { peers: async () => [await benchPeers(python, options.quick ? 500 : FULL_TRIALS, note)] }),
};

const sections: Section[] = options.server ? await benchServer(within, options.quick, note) : [];
if (options.hostile) sections.push(await within('hostile', (url) => benchHostile(url, options.quick, note)));
for (const name of options.server || options.hostile ? [] : wanted.length > 0 ? wanted : Object.keys(PARTS)) {
  const part = PARTS[name];
  if (part === undefined) throw new Error(`--only knows ${Object.keys(PARTS).join(', ')}; not ${name}`);
  note(name);
  sections.push(...(await part()));
}
await admin.end();
await server.stop();

const missed = sections.flatMap((section) => section.missed);
const report = [
  options.server ? '# Results of `npm run bench -- --server`' : '# Results of `npm run bench`',
  '',
  `PostgreSQL 18 from npm, Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), fsync off. Trust the ratios, not the milliseconds.`,
  ...sections.flatMap(({ title, text }) => ['', `## ${title}`, '', text]),
  '',
  missed.length === 0 ? 'Every limit held.' : `Limits missed:\n\n${missed.map((what) => `- ${what}`).join('\n')}`,
  '',
].join('\n');
process.stdout.write(report);
const file = options.server ? 'server.md' : 'results.md';
if (!options.quick && !options.dashboard && !options.hostile && options.only === undefined)
  writeFileSync(new URL(file, import.meta.url), report);
process.exitCode = missed.length === 0 ? 0 : 3;
